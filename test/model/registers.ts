import type { MappingResult } from '../../core/mapping/mapping-result.ts';
import type { PersonEvidence, StatedLink } from '../../core/mapping/person-evidence.ts';
import type { Identity } from '../../core/person/person-identifier.ts';
import {
  BEFORE_EVERYTHING,
  type SourceMessage,
  type SourceName,
  type SourcePosition,
} from '../../core/sync/source-record.ts';
import { modelIdentity } from './model-identities.ts';
import {
  asPuTells,
  changed,
  firstRecord,
  type RecordChange,
  withLink,
  withoutLinks,
} from './register-record.ts';

/** Some second of the year 2026, UTC. */
const BEGINNING = 1_780_000_000;

/** Master and PU as they speak on their raw topics: each change is a record at the end of the topic. */
export class Registers {
  /** The raw topics. A record's offset is its place. */
  readonly topics: Readonly<Record<SourceName, SourceMessage[]>> = { master: [], pu: [] };
  readonly #records: Readonly<Record<SourceName, Map<number, PersonEvidence>>> = {
    master: new Map(),
    pu: new Map(),
  };
  readonly #puVersions = new Map<number, number>();
  #second = BEGINNING;

  /** Lets the clock go on by whole seconds. */
  wait(seconds: number): void {
    this.#second += seconds;
  }

  get now(): string {
    return new Date(this.#second * 1000).toISOString();
  }

  /** A register has a new record of somebody, or another one. `skew`: how many seconds PU's time of the change is off the clock. */
  say(source: SourceName, who: number, change: RecordChange, skew = 0): void {
    this.#set(source, who, changed(this.#recordOf(source, who), change, source), skew);
  }

  link(source: SourceName, who: number, link: StatedLink, skew = 0): void {
    const before = this.#recordOf(source, who);
    // A row of Master's has room for one reference.
    const record = source === 'master' ? { ...before, links: [link] } : withLink(before, link);
    this.#set(source, who, record, skew);
  }

  unlink(source: SourceName, who: number, from: Identity): void {
    if (!this.#records[source].has(who)) return;
    this.#set(source, who, withoutLinks(this.#recordOf(source, who), from), 0);
  }

  /** Positive evidence that Master has somebody no more. */
  remove(who: number): void {
    if (!this.#records.master.delete(who)) return;
    this.#send('master', 'removed', who, this.#positionOf('master', who, 0));
  }

  /** PU was asked for somebody and does not know the number. */
  answerUnknown(who: number): void {
    this.#records.pu.delete(who);
    this.#send('pu', 'unknown', who, BEFORE_EVERYTHING);
  }

  /** A record comes again, as it was sent at its time. */
  sendAgain(source: SourceName, place: number): void {
    const topic = this.topics[source];
    const message = topic[place % Math.max(1, topic.length)];
    if (message !== undefined) topic.push({ ...message, readAt: this.now });
  }

  #recordOf(source: SourceName, who: number): PersonEvidence {
    return this.#records[source].get(who) ?? firstRecord(modelIdentity(who));
  }

  #set(source: SourceName, who: number, record: PersonEvidence, skew: number): void {
    this.#records[source].set(who, record);
    const told = source === 'pu' ? asPuTells(record) : record;
    this.#send(source, 'upsert', who, this.#positionOf(source, who, skew), told);
  }

  /** Master counts its changes; PU gives the second of the change, which is another one for each change of a record. */
  #positionOf(source: SourceName, who: number, skew: number): SourcePosition {
    if (source === 'master') return { epoch: 1, version: BigInt(this.topics.master.length + 1) };
    const version = Math.max(this.#second + skew, (this.#puVersions.get(who) ?? 0) + 1);
    this.#puVersions.set(who, version);
    return { epoch: 1, version: BigInt(version) };
  }

  #send(
    source: SourceName,
    operation: 'upsert' | 'removed' | 'unknown',
    who: number,
    position: SourcePosition,
    content?: PersonEvidence,
  ): void {
    const person = { who: String(who), content: content ? JSON.stringify(content) : null };
    const common = { source, position, snapshot: false, readAt: this.now, person };
    this.topics[source].push(
      operation === 'upsert' ? { ...common, operation, children: {} } : { ...common, operation },
    );
  }
}

/** Reads back what a register has sent: evidence is what these registers send, since mapping is proved elsewhere. */
export function mapModelRecord({ operation, person }: SourceMessage): MappingResult {
  const identity = modelIdentity(Number(person['who']));
  if (operation === 'removed') return { kind: 'removed', identity };
  if (operation === 'unknown') return { kind: 'unknown', identity };
  const evidence = JSON.parse(person['content'] ?? 'null') as PersonEvidence;
  return { kind: 'mapped', evidence };
}
