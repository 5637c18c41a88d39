import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { PuIdentity, PuRecord } from '../../scripts/population/pu-record.ts';
import {
  asLinkedGroup,
  isStateIdentity,
} from '../../scripts/sandbox/contracts/linked-identities.ts';
import { Journal } from '../../scripts/sandbox/journal.ts';
import { Register } from '../../scripts/sandbox/register.ts';
import { sandboxPopulation } from '../../scripts/sandbox/sandbox-population.ts';
import { lrid } from './contracts-records.ts';

const population = sandboxPopulation({ seed: 3, persons: 60 });
let folder: string;
let file: string;
let now: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pu-register-'));
  file = join(folder, 'journal.ndjson');
  now = Date.parse('2026-11-25T12:00:00Z');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (): Register => Register.open(population, file, () => now);

/** Somebody with a contact, and the record as it is. */
function someone(register: Register): PuRecord {
  for (const record of register.all()) {
    if (record.contactInformation !== undefined && record.name !== undefined) return record;
  }
  throw new Error('this population has nobody with contacts');
}

/** Three who are linked to nobody: two with a number of Skatteverket's, and a reserve identity made from a third. */
function unlinkedTrio(register: Register): readonly [PuRecord, PuRecord, PuRecord] {
  const alone = [...register.all()].filter(
    (record) =>
      isStateIdentity(record) &&
      record.linkedIdentity === undefined &&
      record.referredPersonalIdentities === undefined &&
      record.deregistration === undefined,
  );
  const [old, current, third] = alone;
  if (old === undefined || current === undefined || third === undefined) {
    throw new Error('this population has too few without links');
  }
  const reserve = { ...third, personalIdentity: lrid('18500101001R') };
  register.put([reserve]);
  return [old, current, reserve];
}

/** Skatteverket's messages of a number that another one replaced. */
function connected(old: PuRecord, current: PuRecord): readonly PuRecord[] {
  const refer = (record: PuRecord, { personalIdentity }: PuRecord): PuRecord => ({
    ...record,
    referredPersonalIdentities: [
      { referredPersonalIdentity: personalIdentity, referredPersonalIdentityStatus: 'NY' },
    ],
  });
  return [
    { ...refer(old, current), deregistration: { deregistrationReasonCode: 'GN' } },
    refer(current, old),
  ];
}

const versionOf = (register: Register, identity: PuIdentity): string | undefined =>
  register.find(identity)?.version;

describe('a register', () => {
  it('has everybody once, and knows each by identity', () => {
    using register = open();
    const all = [...register.all()];
    const keys = all.map(({ personalIdentity: { root, extension } }) => `${root} ${extension}`);
    expect(new Set(keys).size).toBe(all.length);
    for (const record of all) expect(register.find(record.personalIdentity)).toEqual(record);
    expect([...register.changed()]).toEqual([]);
  });

  it('gives a changed record the Swedish local time as version', () => {
    using register = open();
    const record = someone(register);
    const [stored] = register.put([{ ...record, gender: '9' }]);
    expect(stored).toEqual({ ...record, gender: '9', version: '20261125130000' });
    expect(register.find(record.personalIdentity)).toEqual(stored);
    expect([...register.all()]).toContainEqual(stored);
    expect([...register.changed()]).toEqual([stored]);
  });

  it('never gives a lower version than before in the hour that comes twice', () => {
    using register = open();
    const record = someone(register);
    now = Date.parse('2026-10-25T00:59:00Z'); // 02:59 summer time
    register.put([record]);
    now = Date.parse('2026-10-25T01:10:00Z'); // 02:10 winter time
    register.put([record]);
    expect(versionOf(register, record.personalIdentity)).toBe('20261025025900');
  });

  it('has newcomers after everybody else once life has brought them, and not before', () => {
    using register = open();
    const newcomer = register.nextIndex;
    const identity = population.mainIdentity(newcomer);
    expect(register.find(identity)).toBeUndefined();
    const record = { ...someone(register), personalIdentity: identity };
    register.live([population.at(newcomer)], [record]);
    expect([...register.all()].at(-1)?.personalIdentity).toEqual(identity);
    expect(register.nextIndex).toBe(newcomer + 1);
  });

  it('leaves a record alone of which life says nothing new', () => {
    using register = open();
    const record = someone(register);
    expect(register.live([], [record])).toEqual([]);
    expect(versionOf(register, record.personalIdentity)).toBe(record.version);
  });

  it('keeps what a contract changed when life goes on', () => {
    using register = open();
    const record = someone(register);
    const { contactInformation: _, ...bare } = record;
    register.put([{ ...bare, optoutPaperNotification: true }]);
    const name = { givenName: 'Prov', surname: 'Ny' };
    const [stored] = register.live([], [{ ...record, name }]);
    expect(stored?.name).toEqual(name);
    expect(stored?.contactInformation).toBeUndefined();
    expect(stored?.optoutPaperNotification).toBe(true);
  });

  it('joins two numbers that life connects, and takes along whom a contract linked', () => {
    using register = open();
    const [old, current, reserve] = unlinkedTrio(register);
    register.put(asLinkedGroup([old, reserve], old));
    const stated = connected(old, current);
    const joined = register.live([], stated);
    for (const [record, others] of [
      [old, [current, reserve]],
      [current, [old, reserve]],
      [reserve, [old, current]],
    ] as const) {
      const found = register.find(record.personalIdentity);
      expect(found?.primaryIdentity).toBe(record === current);
      expect(found?.linkedIdentity).toHaveLength(2);
      for (const other of others) {
        expect(found?.linkedIdentity).toContainEqual({
          referredPersonalIdentity: other.personalIdentity,
          assuranceLevel: [record, other].includes(reserve) ? 'level3' : 'level4',
          primaryIdentity: other === current,
        });
      }
      expect(joined).toContainEqual(found);
    }
    expect(register.live([], stated)).toEqual([]); // said once more, it is nothing new
  });

  it('takes links in another order for the same links', () => {
    using register = open();
    const [old, current, reserve] = unlinkedTrio(register);
    const [group] = asLinkedGroup([old, current, reserve], old);
    if (group === undefined) return expect.fail('there is no group');
    register.live([], [group]);
    const turned = { ...group, linkedIdentity: group.linkedIdentity?.toReversed() ?? [] };
    expect(register.live([], [turned])).toEqual([]);
  });

  it('is the same again after its process was killed, and for a worker that follows', () => {
    const record = (() => {
      const register = open(); // never closed: killed
      const person = { ...population.at(5), sex: 'unknown' as const };
      const one = someone(register);
      register.put([{ ...one, optoutPaperNotification: true }]);
      register.live([person], []);
      return register.find(one.personalIdentity);
    })();
    if (record === undefined) return expect.fail('the record is lost');
    using again = open();
    expect(again.find(record.personalIdentity)).toEqual(record);
    expect(again.person(5).sex).toBe('unknown');
    const follower = Register.follow(population, file, () => now);
    expect([...follower.all()]).toEqual([...again.all()]);
    const [later] = again.put([{ ...record, gender: '9' }]);
    expect(follower.find(record.personalIdentity)).toEqual(record);
    follower.catchUp();
    expect(follower.find(record.personalIdentity)).toEqual(later);
    const [merged] = again.live([], [{ ...record, gender: '1', optoutPaperNotification: false }]);
    expect(merged).toBeUndefined(); // both were told by a contract
  });
});

describe('a journal', () => {
  it('drops a line that was half-written when its process was killed, and goes on after the last whole one', () => {
    {
      using journal = new Journal<{ n: number }>(file);
      journal.openForAppending();
      journal.append({ n: 1 });
      appendFileSync(file, '{"n":2');
    }
    {
      using journal = new Journal<{ n: number }>(file);
      expect([...journal.readNew()]).toEqual([{ n: 1 }]);
      journal.openForAppending();
      journal.append({ n: 3 });
    }
    using journal = new Journal<{ n: number }>(file);
    expect([...journal.readNew()]).toEqual([{ n: 1 }, { n: 3 }]);
    expect([...journal.readNew()]).toEqual([]);
  });

  it('reads entries that are larger than one reading', () => {
    using journal = new Journal<string>(file);
    journal.openForAppending();
    const large = 'å'.repeat(1_500_000);
    for (const entry of [large, 'b', large]) journal.append(entry);
    using other = new Journal<string>(file);
    expect([...other.readNew()]).toEqual([large, 'b', large]);
  });

  it('is for reading alone until it is opened for appending', () => {
    using journal = new Journal<number>(file);
    expect(() => journal.append(1)).toThrow('open for reading alone');
  });
});
