/**
 * PU's data in the sandbox: the synthetic population, which is made anew whenever it is asked for, and over it everything that changed
 * since, which is in memory and in a journal. So ten million people take no more memory than the changes do.
 */
import { isDeepStrictEqual } from 'node:util';
import { BASE_VERSION, type Population } from '../population/population.ts';
import type { PuIdentity, PuRecord } from '../population/pu-record.ts';
import { puRecordsOf } from '../population/pu-view.ts';
import { localTimestamp } from '../population/swedish-time.ts';
import type { SyntheticPerson } from '../population/synthetic-person.ts';
import { withSkatteverketLinks } from './contracts/skatteverket-links.ts';
import { Journal } from './journal.ts';
import type { SandboxRegister } from './sandbox-types.ts';

type Entry =
  /** A contract changed records. */
  | { readonly by: 'contract'; readonly records: readonly PuRecord[] }
  /** Life went on: people as they are now, and what PU knows of it. */
  | {
      readonly by: 'life';
      readonly persons: readonly SyntheticPerson[];
      readonly records: readonly PuRecord[];
    };

type Field = keyof PuRecord;

export class Register implements SandboxRegister, Disposable {
  readonly madeAt = BASE_VERSION;
  readonly now: () => number;
  readonly #population: Population;
  readonly #journal: Journal<Entry>;
  readonly #records = new Map<string, PuRecord>();
  readonly #persons = new Map<number, SyntheticPerson>();
  /** Fields that a contract changed, by record: what a person or a unit has told PU is not undone by Skatteverket's next message. */
  readonly #told = new Map<string, Set<Field>>();
  #nextIndex: number;

  private constructor(population: Population, journal: string, now: () => number) {
    this.#population = population;
    this.#journal = new Journal(journal);
    this.now = now;
    this.#nextIndex = population.size;
    this.catchUp();
  }

  /** For the one process that changes the register. */
  static open(population: Population, journal: string, now: () => number): Register {
    const register = new Register(population, journal, now);
    register.#journal.openForAppending();
    return register;
  }

  /** For a worker beside it, which reads what the other one wrote whenever it calls {@link catchUp}. */
  static follow(population: Population, journal: string, now: () => number): Register {
    return new Register(population, journal, now);
  }

  /** Reads what was written to the journal since the last time. */
  catchUp(): void {
    for (const entry of this.#journal.readNew()) this.#apply(entry);
  }

  find(identity: PuIdentity): PuRecord | undefined {
    return this.#records.get(keyOf(identity)) ?? this.#made(identity);
  }

  *all(): Generator<PuRecord> {
    const foreign = new Set(this.#records.keys());
    for (let index = 0; index < this.#population.size; index++) {
      for (const record of puRecordsOf(this.#population.at(index), this.#population)) {
        const key = keyOf(record.personalIdentity);
        foreign.delete(key);
        yield this.#records.get(key) ?? record;
      }
    }
    for (const key of foreign) {
      const record = this.#records.get(key);
      if (record !== undefined) yield record;
    }
  }

  changed(): Iterable<PuRecord> {
    return this.#records.values();
  }

  /** How many records changed or came. */
  get changedCount(): number {
    return this.#records.size;
  }

  put(records: readonly PuRecord[]): readonly PuRecord[] {
    const stored = records.map((record) => this.#withVersion(record));
    this.#write({ by: 'contract', records: stored });
    return stored;
  }

  /**
   * Life goes on: keeps the people as they are now, and of the records those that say something new. What a contract changed in a
   * record stays as it is; numbers that Skatteverket's messages join are linked, and whoever was linked to either comes along.
   *
   * @returns what is new, with its version.
   */
  live(persons: readonly SyntheticPerson[], records: readonly PuRecord[]): readonly PuRecord[] {
    const last = new Map(records.map((record) => [keyOf(record.personalIdentity), record]));
    const find = (identity: PuIdentity): PuRecord | undefined => this.find(identity);
    const merged = [...last.values()].map((record) =>
      this.#keepTold(record, find(record.personalIdentity)),
    );
    const news = withSkatteverketLinks(merged, find)
      .filter((record) => isNews(record, find(record.personalIdentity)))
      .map((record) => this.#withVersion(record));
    if (persons.length > 0 || news.length > 0) {
      this.#write({ by: 'life', persons, records: news });
    }
    return news;
  }

  /** The person as things really are. A newcomer that life has not brought yet is an ordinary person of the population. */
  person(index: number): SyntheticPerson {
    return this.#persons.get(index) ?? this.#population.at(index);
  }

  /** The index that the next newcomer gets. */
  get nextIndex(): number {
    return this.#nextIndex;
  }

  [Symbol.dispose](): void {
    this.#journal[Symbol.dispose]();
  }

  #write(entry: Entry): void {
    this.#journal.append(entry);
    this.#apply(entry);
  }

  #apply(entry: Entry): void {
    if (entry.by === 'life') {
      for (const person of entry.persons) {
        this.#persons.set(person.index, person);
        this.#nextIndex = Math.max(this.#nextIndex, person.index + 1);
      }
    }
    for (const record of entry.records) {
      const key = keyOf(record.personalIdentity);
      if (entry.by === 'contract') this.#noteTold(key, record);
      this.#records.set(key, record);
    }
  }

  #noteTold(key: string, record: PuRecord): void {
    const former = this.find(record.personalIdentity);
    if (former === undefined) return;
    const fields = new Set([...fieldsOf(former), ...fieldsOf(record)]);
    const told = this.#told.get(key) ?? new Set();
    for (const field of fields)
      if (!isDeepStrictEqual(record[field], former[field])) told.add(field);
    this.#told.set(key, told);
  }

  #keepTold(record: PuRecord, former: PuRecord | undefined): PuRecord {
    const told = this.#told.get(keyOf(record.personalIdentity));
    if (told === undefined || former === undefined) return record;
    const kept = Object.entries(record).filter(([field]) => !told.has(field as Field));
    const own = Object.entries(former).filter(([field]) => told.has(field as Field));
    // Each field comes from one of two records, so together they are a record, which the compiler does not see.
    return Object.fromEntries([...kept, ...own]) as unknown as PuRecord;
  }

  #withVersion(record: PuRecord): PuRecord {
    const now = localTimestamp(this.now());
    const former = this.find(record.personalIdentity)?.version ?? '';
    // In the hour that comes twice local time goes back: the version does not.
    return { ...record, version: [now, former].toSorted().at(-1) ?? now };
  }

  /** The record as the population was made with it. */
  #made(identity: PuIdentity): PuRecord | undefined {
    const index = this.#population.find(identity)?.index;
    if (index === undefined || index >= this.#population.size) return undefined;
    const key = keyOf(identity);
    return puRecordsOf(this.#population.at(index), this.#population).find(
      (record) => keyOf(record.personalIdentity) === key,
    );
  }
}

function keyOf({ root, extension }: PuIdentity): string {
  return `${root} ${extension}`;
}

/** `version` is no content: it is the register's own. */
function fieldsOf(record: PuRecord): readonly Field[] {
  return (Object.keys(record) as Field[]).filter((field) => field !== 'version');
}

function isNews(record: PuRecord, former: PuRecord | undefined): boolean {
  if (former === undefined) return true;
  const [now, before] = [inLinkOrder(record), inLinkOrder(former)];
  const fields = new Set([...fieldsOf(now), ...fieldsOf(before)]);
  return [...fields].some((field) => !isDeepStrictEqual(now[field], before[field]));
}

/** The links of an identity have no order of their own. */
function inLinkOrder(record: PuRecord): PuRecord {
  if (record.linkedIdentity === undefined) return record;
  const linkedIdentity = record.linkedIdentity.toSorted((one, other) =>
    keyOf(one.referredPersonalIdentity) < keyOf(other.referredPersonalIdentity) ? -1 : 1,
  );
  return { ...record, linkedIdentity };
}
