import type { PersonEvent } from '../../core/golden-record/person-event.ts';
import type { PersonEvidence } from '../../core/mapping/person-evidence.ts';
import type { IdentityKey, Oid, PersonKey } from '../../core/person/person-identifier.ts';
import type { SourceName, SourcePosition } from '../../core/sync/source-record.ts';
import type { StoredPerson } from '../../core/sync/stored-group.ts';
import { type SqlRow, type SqlRunner, statement } from './database.ts';
import { parseEvidence } from './evidence-rows.ts';
import {
  type EndedMembership,
  type JournalEntry,
  type MadeDecision,
  readDecisionsOf,
  readJournalOf,
  readMembershipsOf,
} from './lineage-history.ts';
import { readPersons } from './person-rows.ts';

/** Where everything that is known of a person came from, and how far it has gone. Personal data. */
export interface PersonLineage {
  readonly personKey: PersonKey;
  readonly identities: readonly LineageIdentity[];
  readonly evidence: readonly LineageEvidence[];
  /** Undefined: never written. */
  readonly person: StoredPerson | undefined;
  /** Decisions about any of the identities, oldest first. */
  readonly decisions: readonly MadeDecision[];
  /** Those that are over, oldest first. The present one is in the golden record. */
  readonly memberships: readonly EndedMembership[];
  /** What the registers changed, newest first, the latest hundred. */
  readonly journal: readonly JournalEntry[];
  /** What waits to be published, oldest first. */
  readonly waiting: readonly LineageOutboxEntry[];
}

export interface LineageIdentity {
  readonly identityKey: IdentityKey;
  readonly root: Oid;
  readonly extension: string;
  /** Milliseconds since 1970. */
  readonly firstSeen: number;
}

export interface LineageEvidence {
  readonly identityKey: IdentityKey;
  readonly source: SourceName;
  readonly position: SourcePosition;
  /** Null: the source has removed the identity. */
  readonly content: PersonEvidence | null;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
}

export interface LineageOutboxEntry {
  readonly version: number;
  readonly events: readonly PersonEvent[];
  /** Milliseconds since 1970. */
  readonly recordedAt: number;
}

interface PersonKeyRow extends SqlRow {
  readonly person_key: string;
}
interface IdentityRow extends SqlRow {
  readonly identity_key: string;
  readonly root: string;
  readonly extension: string;
  readonly first_seen: string;
}
interface EvidenceRow extends SqlRow {
  readonly identity_key: string;
  readonly source: string;
  readonly epoch: string;
  readonly version: string;
  readonly content: string | null;
  readonly updated_at: string;
}
interface OutboxRow extends SqlRow {
  readonly version: string;
  readonly events: string;
  readonly recorded_at: string;
}

const RESOLVE = statement<PersonKeyRow>(
  'lineage-resolve',
  'SELECT person_key FROM identities WHERE identity_key = $1::uuid',
);

const IDENTITIES = statement<IdentityRow>(
  'lineage-identities',
  `SELECT identity_key, root, extension, (extract(epoch FROM first_seen) * 1000)::bigint AS first_seen
   FROM identities WHERE person_key = $1::uuid ORDER BY first_seen, identity_key`,
);

const EVIDENCE = statement<EvidenceRow>(
  'lineage-evidence',
  `SELECT e.identity_key, e.source, e.epoch, e.version, e.content,
          (extract(epoch FROM e.updated_at) * 1000)::bigint AS updated_at
   FROM identities i JOIN evidence e ON e.identity_key = i.identity_key
   WHERE i.person_key = $1::uuid ORDER BY e.identity_key, e.source`,
);

const WAITING = statement<OutboxRow>(
  'lineage-outbox',
  `SELECT version, events, (extract(epoch FROM recorded_at) * 1000)::bigint AS recorded_at
   FROM outbox WHERE partition = $1 AND person_key = $2::uuid ORDER BY id`,
);

/**
 * Reads one person's lineage. Not one snapshot: a person who changes at this moment may show the newer half.
 * @param key a person key, or the key of any identity of the person: those redirect.
 * @returns undefined when nobody has this key.
 */
export async function readPersonLineage(
  runner: SqlRunner,
  key: PersonKey,
  partitionOfPerson: (personKey: PersonKey) => number,
): Promise<PersonLineage | undefined> {
  const [found] = await runner.query(RESOLVE, [key]);
  if (found === undefined) return undefined;
  const personKey = found.person_key as PersonKey;
  const identities = await runner.query(IDENTITIES, [personKey]);
  const evidence = await runner.query(EVIDENCE, [personKey]);
  const waiting = await runner.query(WAITING, [partitionOfPerson(personKey), personKey]);
  const keys = identities.map((row) => row.identity_key as IdentityKey);
  const [person] = await readPersons(runner, [personKey]);
  return {
    personKey,
    identities: identities.map((row) => ({
      identityKey: row.identity_key as IdentityKey,
      root: row.root as Oid,
      extension: row.extension,
      firstSeen: Number(row.first_seen),
    })),
    evidence: evidence.map((row) => ({
      identityKey: row.identity_key as IdentityKey,
      source: row.source as SourceName,
      position: { epoch: Number(row.epoch), version: BigInt(row.version) },
      content: parseEvidence(row.content),
      updatedAt: Number(row.updated_at),
    })),
    person,
    decisions: await readDecisionsOf(runner, keys),
    memberships: await readMembershipsOf(runner, personKey),
    journal: await readJournalOf(runner, keys),
    waiting: waiting.map((row) => ({
      version: Number(row.version),
      events: JSON.parse(row.events) as readonly PersonEvent[],
      recordedAt: Number(row.recorded_at),
    })),
  };
}
