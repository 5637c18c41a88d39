import { type Finding, WORK_ITEM_KINDS, type WorkItemKind } from '../../core/identity/work-item.ts';
import type { Identity, IdentityKey, PersonKey } from '../../core/person/person-identifier.ts';
import { type SqlRow, type SqlRunner, statement } from './database.ts';
import { findingOf, identityOf } from './group-rows.ts';

/** Something that a person has to decide. Log-safe. */
export interface OpenWorkItem extends Finding {
  readonly id: bigint;
  /** The person of the subject, as it is now. */
  readonly personKey: PersonKey;
  /** Milliseconds since 1970. */
  readonly openedAt: number;
}

/** An item whether it is open or not, with the identities that it is about: the subject, then the other one. Personal data. */
export interface WorkItem extends OpenWorkItem {
  /** Milliseconds since 1970; null: it is open. */
  readonly closedAt: number | null;
  readonly identities: readonly WorkItemIdentity[];
}

export interface WorkItemIdentity extends Identity {
  readonly identityKey: IdentityKey;
  readonly personKey: PersonKey;
}

interface WorkItemRow extends SqlRow {
  readonly id: string;
  readonly kind: string;
  readonly subject: string;
  readonly other: string | null;
  readonly person_key: string;
  readonly opened_at: string;
  readonly closed_at: string | null;
}

const ITEMS = `
  SELECT w.id, w.kind, w.subject, w.other, i.person_key, (extract(epoch FROM w.opened_at) * 1000)::bigint AS opened_at,
         (extract(epoch FROM w.closed_at) * 1000)::bigint AS closed_at
  FROM work_items w JOIN identities i ON i.identity_key = w.subject`;

const LIST = statement<WorkItemRow>(
  'list-work-items',
  `${ITEMS} WHERE w.closed_at IS NULL AND ($2::text IS NULL OR w.kind = $2) ORDER BY w.id LIMIT $1`,
);

const FIND = statement<WorkItemRow>('find-work-item', `${ITEMS} WHERE w.id = $1`);

const COUNT = statement<{ kind: string; waiting: string }>(
  'count-work-items',
  'SELECT kind, count(*) AS waiting FROM work_items WHERE closed_at IS NULL GROUP BY kind',
);

const IDENTITIES = statement<{
  identity_key: string;
  person_key: string;
  root: string;
  extension: string;
}>(
  'identities-of-work-item',
  `SELECT identity_key, person_key, root, extension FROM identities
   WHERE identity_key = ANY (ARRAY[$1, $2]::uuid[]) ORDER BY identity_key = $1::uuid DESC`,
);

/** The one list of what waits for a person. Opened and closed by the main path alone. */
export class WorkItems {
  readonly #runner: SqlRunner;

  constructor(runner: SqlRunner) {
    this.#runner = runner;
  }

  /** Open ones, oldest first. */
  async list(limit: number, kind?: WorkItemKind): Promise<readonly OpenWorkItem[]> {
    return (await this.#runner.query(LIST, [limit, kind ?? null])).map(openWorkItem);
  }

  /** @returns undefined when there never was one of this number. */
  async find(id: bigint): Promise<WorkItem | undefined> {
    const [row] = await this.#runner.query(FIND, [id]);
    if (row === undefined) return undefined;
    const identities = await this.#runner.query(IDENTITIES, [row.subject, row.other]);
    return {
      ...openWorkItem(row),
      closedAt: row.closed_at === null ? null : Number(row.closed_at),
      identities: identities.map((identity) => ({
        ...identityOf(identity),
        identityKey: identity.identity_key as IdentityKey,
        personKey: identity.person_key as PersonKey,
      })),
    };
  }

  /** How many of each kind are open. */
  async countOpen(): Promise<Readonly<Record<WorkItemKind, number>>> {
    const rows = await this.#runner.query(COUNT);
    const open = new Map(rows.map((row) => [row.kind, Number(row.waiting)]));
    const counts = WORK_ITEM_KINDS.map((kind) => [kind, open.get(kind) ?? 0]);
    return Object.fromEntries(counts) as Record<WorkItemKind, number>;
  }
}

function openWorkItem(row: WorkItemRow): OpenWorkItem {
  return {
    ...findingOf(row),
    id: BigInt(row.id),
    personKey: row.person_key as PersonKey,
    openedAt: Number(row.opened_at),
  };
}
