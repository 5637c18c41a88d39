import type {
  Consumer,
  ConsumerState,
  ConsumerWalk,
} from '../../core/disclosure/delivery-ports.ts';
import { parseProfile } from '../../core/disclosure/profile-text.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import { type SqlRow, type SqlRunner, statement } from './database.ts';

/** What was agreed with who runs the consumer. Dates without a time, ISO 8601. */
export interface ConsumerAgreement {
  /** The last day on which the agreement holds. */
  readonly validTo: string;
  /** The version of the framework agreement that was accepted. */
  readonly frameworkVersion: string;
  /** Who told the staff what they may do with what they see, and when: an office, never a person's name. */
  readonly staffInformedBy: string;
  readonly staffInformedAt: string;
}

/** A consumer with all that was written down when it was added. Log-safe but for what its profile says for people. */
export interface RegisteredConsumer extends Consumer {
  readonly agreement: ConsumerAgreement;
  readonly principal: string | null;
  /** Why it is not fed; null: nothing stands in the way, or nobody has tried. */
  readonly fault: { readonly code: string; readonly since: number } | null;
  /** Persons who could not be told, such as one whose record is too large. */
  readonly refusals: number;
  /** The last command that was carried out for it. */
  readonly commandId: bigint | null;
  /** Milliseconds since 1970. */
  readonly addedAt: number;
  /** Of its state, or when something was asked for it last. Milliseconds since 1970. */
  readonly changedAt: number;
}

interface ConsumerRow extends SqlRow {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly generation: string;
  readonly profile: string;
  readonly agreement_valid_to: string;
  readonly framework_version: string;
  readonly staff_informed_by: string;
  readonly staff_informed_at: string;
  readonly principal: string | null;
  readonly command_id: string | null;
  readonly fault: string | null;
  readonly fault_since: string | null;
  readonly refusals: string;
  readonly added_at: string;
  readonly changed_at: string;
  readonly walk_kind: string | null;
  readonly walk_generation: string | null;
  readonly walk_profile: string | null;
  readonly walk_cursor: string | null;
  readonly walk_total: string | null;
  readonly walk_done: string | null;
  readonly walk_started_at: string | null;
}

const SELECT = `
  SELECT c.id, c.name, c.state, c.generation, c.profile,
         to_char(c.agreement_valid_to, 'YYYY-MM-DD') AS agreement_valid_to, c.framework_version, c.staff_informed_by,
         to_char(c.staff_informed_at, 'YYYY-MM-DD') AS staff_informed_at, c.principal, c.command_id, c.fault,
         (extract(epoch FROM c.fault_since) * 1000)::bigint AS fault_since,
         (SELECT count(*) FROM consumer_refusals r WHERE r.consumer_id = c.id) AS refusals,
         (extract(epoch FROM c.added_at) * 1000)::bigint AS added_at,
         (extract(epoch FROM c.changed_at) * 1000)::bigint AS changed_at,
         w.kind AS walk_kind, w.generation AS walk_generation, w.profile AS walk_profile, w.cursor AS walk_cursor,
         w.total AS walk_total, w.done AS walk_done, (extract(epoch FROM w.started_at) * 1000)::bigint AS walk_started_at
  FROM consumers c LEFT JOIN consumer_walks w ON w.consumer_id = c.id`;

const LIST = statement<ConsumerRow>('list-consumers', `${SELECT} ORDER BY c.name`);

const FIND = statement<ConsumerRow>('find-consumer', `${SELECT} WHERE c.name = $1`);

/** Not so strong that it would keep somebody from writing what refers to the consumer. */
const LOCK = statement(
  'lock-consumer',
  'SELECT id FROM consumers WHERE name = $1 FOR NO KEY UPDATE',
);

/** By name. */
export async function listConsumers(runner: SqlRunner): Promise<readonly RegisteredConsumer[]> {
  return (await runner.query(LIST)).map(consumerOf);
}

export async function findConsumer(
  runner: SqlRunner,
  name: string,
): Promise<RegisteredConsumer | undefined> {
  const [row] = await runner.query(FIND, [name]);
  return row === undefined ? undefined : consumerOf(row);
}

/** Keeps a consumer as it is until the transaction ends, and reads it when it does: a walk that was just ended is not seen any more. */
export async function lockConsumer(
  runner: SqlRunner,
  name: string,
): Promise<RegisteredConsumer | undefined> {
  await runner.query(LOCK, [name]);
  return await findConsumer(runner, name);
}

/** Trusts the row: only this program writes it. */
function consumerOf(row: ConsumerRow): RegisteredConsumer {
  const walk = walkOf(row);
  const registered = parseProfile(row.profile);
  return {
    id: Number(row.id),
    name: row.name,
    state: row.state as ConsumerState,
    generation: Number(row.generation),
    profile: walk?.kind === 'first-load' ? walk.profile : registered,
    walk,
    agreement: {
      validTo: row.agreement_valid_to,
      frameworkVersion: row.framework_version,
      staffInformedBy: row.staff_informed_by,
      staffInformedAt: row.staff_informed_at,
    },
    principal: row.principal,
    fault: row.fault === null ? null : { code: row.fault, since: Number(row.fault_since) },
    refusals: Number(row.refusals),
    commandId: row.command_id === null ? null : BigInt(row.command_id),
    addedAt: Number(row.added_at),
    changedAt: Number(row.changed_at),
  };
}

function walkOf(row: ConsumerRow): ConsumerWalk | null {
  if (row.walk_kind === null || row.walk_profile === null) return null;
  return {
    kind: row.walk_kind as ConsumerWalk['kind'],
    generation: Number(row.walk_generation),
    profile: parseProfile(row.walk_profile),
    cursor: row.walk_cursor as PersonKey | null,
    total: Number(row.walk_total),
    done: Number(row.walk_done),
    startedAt: Number(row.walk_started_at),
  };
}
