import { describe, expect, it } from 'vitest';
import { parseDemoOptions } from '../../scripts/demo/demo-options.ts';
import { balanceOf, type DemoFacts, printSummary } from '../../scripts/demo/demo-summary.ts';
import { DemoTerminal, describeProgress } from '../../scripts/demo/demo-terminal.ts';

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
  changes: { 'name-changed': 30, 'new-person': 12, 'row-deleted': 2 },
  latency: { measured: 42, p50Ms: 61.4, p99Ms: 180.2 },
  published: { persons: 20_003, protectedPersons: 95, identities: 20_003, tombstones: 2 },
  eventsByType: [
    ['registered', 20_005],
    ['name-changed', 30],
  ],
  parked: [{ code: 'HUB_PERSON_TEXT_DAMAGED', waiting: 7 }],
};

describe('the summary of the demo', () => {
  it('says that the sum comes out when every identity is published or parked', () => {
    expect(balanceOf(FACTS)).toEqual({
      inMaster: 20_010,
      published: 20_003,
      parked: 7,
      isEven: true,
    });
    expect(printSummary(FACTS)).toContain('✓ every identity of Master is published or parked');
  });

  it('says how many are missing when it does not', () => {
    const facts = { ...FACTS, published: { ...FACTS.published, identities: 20_000 } };
    expect(balanceOf(facts).isEven).toBe(false);
    expect(printSummary(facts)).toContain('✗ 3 identities are neither published nor parked');
  });

  it('explains each code of a parked record', () => {
    expect(printSummary(FACTS)).toContain('wrong code page');
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
      liveSeconds: 30,
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
