/**
 * What the oracle is asked: everything that the hub can know at one moment, flat and without an index. The oracle is slow and obvious on
 * purpose, and takes nothing but types from `core/`: it is written from domain.md, docs/adr/0009 and the table of core/identity/form-clusters.ts.
 */
import type { Phase } from '../../core/golden-record/authority.ts';
import type { Decision } from '../../core/identity/work-item.ts';
import type { PersonEvidence } from '../../core/mapping/person-evidence.ts';
import type { Identity, IdentityKey } from '../../core/person/person-identifier.ts';
import type { SourceName, SourcePosition } from '../../core/sync/source-record.ts';

/** The latest word of one register about one identity. */
export interface LatestRecord {
  readonly position: SourcePosition;
  /** Null: removed, or asked for and not known. */
  readonly content: PersonEvidence | null;
}

export interface KnownIdentity {
  readonly identity: Identity;
  /** Given once, at random: evidence like everything else. */
  readonly key: IdentityKey;
  /** Microseconds since 1970; of two of one moment the lower key was first. */
  readonly firstSeen: number;
  readonly records: Readonly<Partial<Record<SourceName, LatestRecord>>>;
}

export interface OracleWorld {
  readonly identities: readonly KnownIdentity[];
  readonly decisions: readonly Decision[];
  readonly phase: Phase;
  readonly dropsTestPersons: boolean;
}

export type Kind = 'LRID' | 'NRID' | 'SNR' | 'PNR';

/** From the weakest to the strongest. */
const KINDS: readonly Kind[] = ['LRID', 'NRID', 'SNR', 'PNR'];

export function kindOf({ root }: Identity): Kind {
  if (String(root) === '1.2.752.129.2.1.3.1') return 'PNR';
  if (String(root) === '1.2.752.129.2.1.3.3') return 'SNR';
  return String(root) === '1.2.752.74.9.1' ? 'NRID' : 'LRID';
}

export function strengthOf(identity: Identity): number {
  return KINDS.indexOf(kindOf(identity));
}

/** A number of Skatteverket's; the others are reserve numbers. */
export function isReal(identity: Identity): boolean {
  return strengthOf(identity) >= 2;
}

export function sameIdentity(a: Identity, b: Identity): boolean {
  return a.root === b.root && a.extension === b.extension;
}

/** The record that has content; undefined: none has come, or it is one of a removal or of a number that is not known. */
export function contentOf(known: KnownIdentity, source: SourceName): PersonEvidence | undefined {
  return known.records[source]?.content ?? undefined;
}

/** What the registers say by PU's record, else Master's. */
export function anyContent(known: KnownIdentity): PersonEvidence | undefined {
  return contentOf(known, 'pu') ?? contentOf(known, 'master');
}

/** Whether one date says something else than the other; a date that only says less says nothing else. Undefined: one of them is not known. */
export function birthsOf(a: KnownIdentity, b: KnownIdentity): 'equal' | 'differ' | 'not-known' {
  const first = anyContent(a)?.birthDate?.value;
  const second = anyContent(b)?.birthDate?.value;
  if (first === undefined || second === undefined) return 'not-known';
  if (first === second) return 'equal';
  return first.startsWith(second) || second.startsWith(first) ? 'not-known' : 'differ';
}

/** Negative when `a` is before `b`. */
export function comparePlaces(a: SourcePosition, b: SourcePosition): number {
  return a.epoch === b.epoch ? Number(a.version - b.version) : a.epoch - b.epoch;
}
