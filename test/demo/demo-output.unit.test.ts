import { describe, expect, it } from 'vitest';
import { WORK_ITEM_KINDS, type WorkItemKind } from '../../core/identity/work-item.ts';
import { NO_COMPARISON } from '../../core/sync/compare-phases.ts';
import { parseDemoOptions } from '../../scripts/demo/demo-options.ts';
import { type DemoFacts, isEven, printSummary } from '../../scripts/demo/demo-summary.ts';
import { DemoTerminal, describeProgress } from '../../scripts/demo/demo-terminal.ts';
import { printLookFurther } from '../../scripts/demo/look-further.ts';

const NO_ITEMS = Object.fromEntries(WORK_ITEM_KINDS.map((kind) => [kind, 0])) as Record<
  WorkItemKind,
  number
>;

const FACTS: DemoFacts = {
  loaded: {
    persons: 20_000,
    addresses: 19_800,
    contacts: 23_900,
    protected: 94,
    byKind: { resident: 17_400, 'out-of-county': 1_600, 'coordination-number': 400 },
    byFault: { 'broken-text': 7 },
  },
  firstLoadSeconds: 4,
  puLoad: { asked: 19_700, seconds: 5 },
  played: {
    counts: { 'name-changed': 30, born: 12, 'row-deleted': 2 },
    committed: 44,
    identitiesAdded: 10,
  },
  latency: { measured: 42, p50Ms: 61.4, p99Ms: 180.2 },
  published: {
    persons: 19_950,
    protectedPersons: 95,
    identities: 20_103,
    tombstones: 2,
    redirects: 151,
  },
  phaseSwitch: {
    preview: { ...NO_COMPARISON, persons: 19_960, changed: 12_000, appear: 125 },
    walk: { persons: 19_960, changed: 12_000, vanished: 0 },
    seconds: 8,
  },
  workItems: { ...NO_ITEMS, 'no-county': 3 },
  purgeOrders: 9,
  master: { inMaster: 20_010, published: 20_003, parked: 7, missing: 0 },
  asInPu: {
    known: 19_640,
    asInPu: 19_400,
    protectedPersons: 120,
    aliases: 120,
    different: 0,
    missing: 0,
  },
  eventsByType: [
    ['registered', 20_005],
    ['name-changed', 30],
  ],
  parked: [{ code: 'HUB_PERSON_TEXT_DAMAGED', waiting: 7 }],
  answers: new Map([['first-load', { sent: 19_600, unchanged: 0, unknown: 100 }]]),
  pu: { expected: 19_650, current: 19_650, behind: 0, onlyInPu: 50, notAskedFor: 20 },
  protectedByPuOnly: [],
  freshness: { at: 0, master: null, pu: null },
};

describe('the summary of the demo', () => {
  it('says that the sums come out when nobody is lost and PU is known and published as it is', () => {
    expect(isEven(FACTS)).toBe(true);
    const summary = printSummary(FACTS);
    expect(summary).toContain('✓ every identity of Master is published or parked');
    expect(summary).toContain('✓ the last raw record of everybody is the one that PU has');
    expect(summary).toContain('✓ everybody about whom PU decides is published as PU has them');
  });

  it('says how many of Master are missing when its sum does not come out', () => {
    const facts = { ...FACTS, master: { ...FACTS.master, published: 20_000, missing: 3 } };
    expect(isEven(facts)).toBe(false);
    expect(printSummary(facts)).toContain('✗ 3 identities are neither published nor parked');
  });

  it('says of how many something else is published than PU has, or nothing', () => {
    const facts = { ...FACTS, asInPu: { ...FACTS.asInPu, different: 2, missing: 1 } };
    expect(isEven(facts)).toBe(false);
    expect(printSummary(facts)).toContain('✗ 2 are published otherwise, 1 are not published');
  });

  it('says what the switch has done and what waits for a person, by kind', () => {
    const summary = printSummary(FACTS);
    expect(summary).toContain('12 000  keys with a new version');
    expect(summary).toContain('151  keys redirected');
    expect(summary).toContain('3  no-county');
    expect(summary).not.toContain('birth-data-differ');
    expect(summary).toContain('9  orders to consumers');
  });

  it('says how many of PU are behind when its sum does not come out', () => {
    const facts = { ...FACTS, pu: { ...FACTS.pu, current: 19_637, behind: 13 } };
    expect(isEven(facts)).toBe(false);
    expect(printSummary(facts)).toContain('✗ 13 records are missing or older than in PU');
  });

  it('names a person who is protected on the word of PU alone, where there is one', () => {
    expect(printSummary(FACTS)).not.toContain('because PU says so');
    const facts = { ...FACTS, protectedByPuOnly: ['key-1', 'key-2'] };
    expect(printSummary(facts)).toMatch(/2 {2}of them because PU says so.*key-1/);
  });

  it('has no heading over nothing', () => {
    const played = { counts: {}, committed: 0, identitiesAdded: 0 };
    const summary = printSummary({ ...FACTS, played, parked: [] });
    expect(summary).not.toMatch(/Live changes|Parked/);
  });

  it('explains each code of a parked record', () => {
    expect(printSummary(FACTS)).toContain('wrong code page');
  });
});

describe('the commands to look further', () => {
  const where = { settingsFile: '.stack/demo/demo.env', log: 'hub.log', stackName: 'demo-2' };

  it('trouble the sandbox of this stack', () => {
    expect(printLookFurther(where, {})).toContain('sandbox fault --off --name demo-2');
  });

  it('name only persons that there are', () => {
    expect(printLookFurther(where, {})).not.toMatch(/explain|--key/);
    expect(printLookFurther(where, { person: 'key-1' })).toContain('npm run hub -- explain key-1');
  });
});

describe('the output of a stage', () => {
  const recorder = (isTTY: boolean) => {
    const written: string[] = [];
    let clock = 0;
    const output = { isTTY, columns: 60, write: (text: string) => written.push(text) };
    const terminal = new DemoTerminal(output, () => clock);
    return { terminal, written, pass: (milliseconds: number) => (clock += milliseconds) };
  };

  it('has no cursor codes where there is no terminal, and a line every two seconds', async () => {
    const { terminal, written, pass } = recorder(false);
    await terminal.stage(
      'First load',
      async (stage) => {
        for (let done = 0; done <= 1_000; done += 100) {
          pass(500);
          stage.progress(done, 1_000);
        }
        await Promise.resolve();
      },
      () => '1 000 persons',
    );
    expect(written.length).toBe(3);
    expect(written.join('')).not.toContain('\u001b');
    expect(written[0]).toContain('  300 of 1 000    30 %       150/s   5 s left');
    expect(written.at(-1)).toMatch(/✓ First load +1 000 persons +5\.5 s\n$/);
  });

  it('stays on one line of a terminal that is narrower than the text', async () => {
    const { terminal, written, pass } = recorder(true);
    await terminal.stage(
      'Services',
      async (stage) => {
        pass(1_000);
        stage.note('x'.repeat(200));
        await Promise.resolve();
      },
      () => 'done',
    );
    const drawn = written.find((text) => text.includes('xxx')) ?? '';
    expect(drawn.replace('\r\u001b[2K', '').length).toBeLessThan(60);
  });

  it('marks a stage that failed, and passes the error on', async () => {
    const { terminal, written } = recorder(false);
    const stage = terminal.stage('Master', () => Promise.reject(new RangeError('x')), String);
    await expect(stage).rejects.toThrow(RangeError);
    expect(written.at(-1)).toContain('✗ Master');
  });

  it('tells no rate before there is one', () => {
    expect(describeProgress(0, 20_000, 1)).toBe('     0 of 20 000     0 %');
  });
});

describe('the options of the demo', () => {
  it('have defaults', () => {
    expect(parseDemoOptions([])).toEqual({
      persons: 20_000,
      liveSeconds: 20,
      changesPerSecond: 20,
      seed: 1,
      exitWhenDone: false,
    });
  });

  it.each([
    [['--persons', '10'], 'from 1000'],
    [['--persons', 'many'], 'whole number'],
    [['--rate', '0'], 'from 1'],
    [['--nonsense'], 'nonsense'],
  ])('%j is refused with the reason', (args, reason) => {
    expect(parseDemoOptions(args)).toEqual({ problem: expect.stringContaining(reason) as string });
  });
});
