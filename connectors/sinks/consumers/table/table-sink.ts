import type { OutgoingDelivery } from '../../../../core/disclosure/delivery.ts';
import type { DeliveredAt } from '../../../../core/disclosure/delivery-ports.ts';
import { findHubError, HubError } from '../../../../core/errors/hub-error.ts';
import { safeWord } from '../../../../core/errors/log-safe.ts';
import type { ConsumerSink } from '../consumer-sink.ts';
import { type ConsumerDatabase, openConsumerDatabase } from './consumer-database.ts';
import { PRUNED_AT_ONCE, TABLE_DIALECTS } from './table-dialect.ts';
import {
  dropStatements,
  type FoundColumns,
  hasNoTable,
  migrationStatements,
  missingTable,
} from './table-schema.ts';
import { SCHEMA_VERSION, TABLE_SET_VERSION } from './table-set.ts';
import { type TableStatements, tableStatements } from './table-statements.ts';
import { keyOf, writeDeliveries } from './write-deliveries.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** As long as the topics of consumers remember tombstones (design.md 7). */
const DELETE_RETENTION_DAYS = 400;
const ORDER_RETENTION_DAYS = 366;
/** Statements that prune before one delivery: one for each table that has nothing old, and a few more. */
const MOST_PIECES = 20;

export interface TableSinkOptions {
  /** `postgres://…` or `mssql://…`, with the password. */
  readonly address: string;
  /** Of somebody who leaves: no rows, or a row without values. */
  readonly onLeaving: 'delete' | 'mark';
  /** The hub may make and change its tables there. Without it, the owner of the database runs {@link migrationStatements}. */
  readonly createTables: boolean;
  /** How long events stay, in days; orders stay a year at least. */
  readonly retentionDays: number;
  /** How long it is remembered who is gone, in days. Not given: 400. */
  readonly deleteRetentionDays?: number;
  /** The consumer has so long to forget. Not given: 24 hours. */
  readonly purgeWithinHours?: number;
  /** False: another instance may feed the consumer by now, and nothing is written. Not given: there is no other one. */
  readonly isLeaseFresh?: () => boolean;
  /** Milliseconds since 1970. Not given: the clock. */
  readonly now?: () => number;
}

/** An order that the consumer says it has carried out. */
export interface TakenAcknowledgement {
  /** The id of the order (a UUID). */
  readonly id: string;
}

/** Where a consumer with tables says that it forgot: it fills in `acknowledged_at` in hub_purge_order. */
export interface TableAcknowledgements {
  /** The oldest ones that were not taken yet. */
  acknowledgedPurges(limit: number): Promise<readonly TakenAcknowledgement[]>;
  /** They are stored in the hub and need not be told again. */
  takePurges(ids: readonly string[]): Promise<void>;
}

/**
 * Keeps a table set in a consumer's own database (docs/connectors/consumer-tables.md). Connects at the first call.
 * @throws HubError `HUB_CONSUMER_DATABASE_ADDRESS`
 */
export function createTableSink(options: TableSinkOptions): ConsumerSink & TableAcknowledgements {
  return new TableSink(options);
}

class TableSink implements ConsumerSink, TableAcknowledgements {
  readonly #options: TableSinkOptions;
  readonly #database: ConsumerDatabase;
  readonly #statements: TableStatements;
  /** Of the tables that are known to be there and right. */
  #instanceId: string | undefined;
  #prunedAt = Number.NEGATIVE_INFINITY;

  constructor(options: TableSinkOptions) {
    this.#options = options;
    this.#database = openConsumerDatabase(options.address);
    this.#statements = tableStatements(TABLE_DIALECTS[this.#database.dialect]);
  }

  /**
   * `lost` while nothing was ever delivered into these tables, whoever made them, and when they are not those that this sink wrote to before. Tables
   * that somebody emptied cannot be told from those of a consumer that has nobody: after that, a replay has to be asked for.
   * @throws HubError `HUB_CONSUMER_SCHEMA_MISSING`, `HUB_CONSUMER_SCHEMA_NEWER`
   */
  async prepare(): Promise<'ready' | 'lost'> {
    const before = this.#instanceId;
    this.#instanceId = undefined;
    let found = await this.#inspect();
    if (this.#options.createTables && hasNoTable(found)) {
      await this.#makeTables();
      found = await this.#inspect();
    }
    const { version, instanceId, isUsed } = await this.#readVersion(found);
    const missing = missingTable(found);
    if (missing !== undefined) throw schemaMissing(missing);
    if (version < TABLE_SET_VERSION) throw schemaMissing(SCHEMA_VERSION.name);
    this.#instanceId = instanceId;
    const wereReplaced = before !== undefined && before !== instanceId;
    return isUsed && !wereReplaced ? 'ready' : 'lost';
  }

  /** One transaction. A batch of any size has the same few statements, so `isBulk` makes no difference here. */
  async deliver(deliveries: readonly OutgoingDelivery[]): Promise<readonly (DeliveredAt | null)[]> {
    const instanceId = this.#instanceId;
    if (instanceId === undefined) throw new TypeError('prepare() comes before deliver().');
    if (deliveries.length === 0) return [];
    const { onLeaving, purgeWithinHours = 24, isLeaseFresh = () => true } = this.#options;
    const now = this.#now();
    await this.#pruneSome(now);
    await this.#database.transact((runner) =>
      writeDeliveries(runner, deliveries, {
        statements: this.#statements,
        instanceId,
        onLeaving,
        isLeaseFresh,
        purgeWithinMs: purgeWithinHours * HOUR_MS,
        now,
      }),
    );
    return deliveries.map(() => null);
  }

  /** Drops the tables, or empties them where the hub may not drop what it did not make. */
  async remove(): Promise<void> {
    const found = await this.#inspect();
    const { deleteAll } = this.#statements;
    const statements = this.#options.createTables
      ? dropStatements()
      : Object.entries(deleteAll).flatMap(([table, text]) => (found.has(table) ? [text] : []));
    await this.#database.transact(async (runner) => {
      for (const text of statements) await runner.run(text);
    });
    this.#instanceId = undefined;
  }

  async acknowledgedPurges(limit: number): Promise<readonly TakenAcknowledgement[]> {
    const rows = await this.#database.run(this.#statements.acknowledged, [limit]);
    return rows.map((row) => ({ id: keyOf(row['id']) }));
  }

  async takePurges(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    await this.#database.run(this.#statements.take, [JSON.stringify(ids)]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#database[Symbol.asyncDispose]();
  }

  #now(): number {
    return this.#options.now?.() ?? Date.now();
  }

  /** Instances that start together may both try: whoever comes second finds the tables made. */
  async #makeTables(): Promise<void> {
    try {
      await this.#database.transact(async (runner) => {
        for (const text of migrationStatements(this.#database.dialect, 0)) await runner.run(text);
      });
    } catch (error) {
      const isRefused = findHubError(error)?.code === 'HUB_CONSUMER_DATABASE_REFUSED';
      if (!isRefused || missingTable(await this.#inspect()) !== undefined) throw error;
    }
  }

  async #inspect(): Promise<FoundColumns> {
    const { dialect } = this.#database;
    const found = new Map<string, Set<string>>();
    for (const row of await this.#database.run(TABLE_DIALECTS[dialect].inspect)) {
      const table = String(row['table_name']);
      const columns = found.get(table) ?? new Set();
      found.set(table, columns.add(String(row['column_name'])));
    }
    return found;
  }

  async #readVersion(found: FoundColumns): Promise<FoundVersion> {
    if (missingTable(found, [SCHEMA_VERSION]) !== undefined)
      throw schemaMissing(SCHEMA_VERSION.name);
    const [row] = await this.#database.run(this.#statements.version);
    if (row === undefined) throw schemaMissing(SCHEMA_VERSION.name);
    const version = Number(row['version']);
    if (version > TABLE_SET_VERSION) {
      throw new HubError('HUB_CONSUMER_SCHEMA_NEWER', { version, known: TABLE_SET_VERSION });
    }
    return { version, instanceId: keyOf(row['instance_id']), isUsed: row['used_since'] !== null };
  }

  /**
   * Once an hour, a few pieces before each delivery until nothing is left. What is not pruned now is pruned later, so a delivery does not fail for it: an
   * hour more or less does not matter.
   */
  async #pruneSome(now: number): Promise<void> {
    if (now - this.#prunedAt < HOUR_MS) return;
    try {
      if (await this.#prune(now)) this.#prunedAt = now;
    } catch (error) {
      if (findHubError(error) === undefined) throw error;
      this.#prunedAt = now;
    }
  }

  /** @returns whether nothing is left to prune. */
  async #prune(now: number): Promise<boolean> {
    const { retentionDays, deleteRetentionDays = DELETE_RETENTION_DAYS } = this.#options;
    const { prune } = this.#statements;
    const days: readonly (readonly [string, number])[] = [
      [prune.events, retentionDays],
      [prune.orders, Math.max(retentionDays, ORDER_RETENTION_DAYS)],
      [prune.deleted, deleteRetentionDays],
      // Longer than anything that could come again.
      [prune.inbox, Math.max(retentionDays, deleteRetentionDays, ORDER_RETENTION_DAYS) + 1],
    ];
    let pieces = 0;
    for (const [text, count] of days) {
      const before = new Date(now - count * DAY_MS).toISOString();
      for (let gone = PRUNED_AT_ONCE; gone === PRUNED_AT_ONCE; pieces++) {
        if (pieces === MOST_PIECES) return false;
        const [row] = await this.#database.run(text, [before]);
        gone = Number(row?.['gone'] ?? 0);
      }
    }
    return true;
  }
}

interface FoundVersion {
  readonly version: number;
  readonly instanceId: string;
  /** Something was delivered into these tables. */
  readonly isUsed: boolean;
}

function schemaMissing(table: string): HubError {
  return new HubError('HUB_CONSUMER_SCHEMA_MISSING', { table: safeWord(table) });
}
