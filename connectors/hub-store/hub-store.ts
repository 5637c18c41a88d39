import type { DeliveryStore } from '../../core/disclosure/delivery-ports.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import type {
  LeaseStore,
  Outbox,
  PersonStore,
  SourceCheckpointStore,
} from '../../core/sync/ports.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import { AccessLog } from './access-log.ts';
import { PostgresAskableIdentities, type PullScope } from './askable-identities.ts';
import { type CallBudgetOptions, PostgresCallBudget } from './call-budget-store.ts';
import { CallerCredentials } from './caller-credentials.ts';
import { CommandStore } from './command-store.ts';
import { ConsumerLists } from './consumer-lists.ts';
import { ConsumerPurges } from './consumer-purges.ts';
import { ConsumerRegistry } from './consumer-registry.ts';
import { type Database, statement } from './database.ts';
import { PostgresDeliveryStore } from './delivery-store.ts';
import { DerivationStore } from './derivation-store.ts';
import { ErasedIdentityHashes } from './erased-identities.ts';
import { PostgresErasures } from './erasure-store.ts';
import { PostgresFollowUps } from './follow-up-store.ts';
import { GroupReader } from './group-pages.ts';
import type { HubStoreConfig } from './hub-store-config.ts';
import { InstanceStore } from './instance-store.ts';
import { ensureJournalPartitions } from './journal-partitions.ts';
import { openDatabase } from './knex-client.ts';
import { PostgresKnownRowStore } from './known-row-store.ts';
import { PostgresLeaseStore } from './lease-store.ts';
import { LinkPeriods } from './link-periods.ts';
import { LookUpReader } from './look-up-reader.ts';
import { type OutboxOptions, PostgresOutbox } from './outbox.ts';
import { ParkedRecords } from './parked-records.ts';
import { PayloadCipher } from './payload-cipher.ts';
import { type PersonLineage, readPersonLineage } from './person-lineage.ts';
import { PostgresPersonStore } from './person-store.ts';
import { PhaseStore } from './phase-store.ts';
import { PostgresPuKnownStore } from './pu-known-store.ts';
import { PullCoverage } from './pull-coverage.ts';
import { PurgeOrders } from './purge-orders.ts';
import { PostgresSourceCheckpointStore } from './source-checkpoint-store.ts';
import { StoreNotices } from './store-notices.ts';
import { TableDump } from './table-dump.ts';
import { WorkItems } from './work-items.ts';

/** Everything that the hub keeps in PostgreSQL, over one pool. Its tables are made by `migrateHubStore`. */
export interface HubStore extends AsyncDisposable {
  readonly persons: PersonStore;
  readonly outbox: Outbox;
  readonly leases: LeaseStore;
  readonly checkpoints: SourceCheckpointStore;
  readonly parked: ParkedRecords;
  readonly phases: PhaseStore;
  readonly derivations: DerivationStore;
  readonly workItems: WorkItems;
  readonly purgeOrders: PurgeOrders;
  readonly consumerPurges: ConsumerPurges;
  readonly erasures: PostgresErasures;
  /** All rows of all tables, for a search. */
  readonly tableDump: TableDump;
  readonly followUps: PostgresFollowUps;
  readonly groups: GroupReader;
  readonly links: LinkPeriods;
  /** What the look-up reads, who may look up, and the log of every look. */
  readonly lookUps: LookUpReader;
  readonly callers: CallerCredentials;
  readonly accessLog: AccessLog;
  /** What feeding the consumers needs. */
  readonly deliveries: DeliveryStore;
  /** Whom consumers have named. */
  readonly consumerLists: ConsumerLists;
  readonly commands: CommandStore;
  readonly instances: InstanceStore;
  readonly consumers: ConsumerRegistry;
  /** What a source without change tracking had at the last pass. */
  knownRows(source: SourceName): PostgresKnownRowStore;
  /** What PU has answered. */
  readonly puKnown: PostgresPuKnownStore;
  /** Whom PU can be asked about. @param pageRows rows that one statement looks at. */
  askableIdentities(scope: PullScope, pageRows: number): PostgresAskableIdentities;
  /** Whom no pull from PU covers. */
  pullCoverage(scope: PullScope): PullCoverage;
  /** Turns for calls to a register, shared by all instances. */
  callBudget(options: CallBudgetOptions): PostgresCallBudget;
  /** @returns undefined when nobody has this key. Any key of the person will do. */
  readLineage(key: PersonKey): Promise<PersonLineage | undefined>;
  /** Makes the journal's next months; once a day. */
  ensureJournalPartitions(): Promise<void>;
  /** Wakes who waits for outbox entries or commands. A hint that can be lost: look by yourself now and then as well. */
  readonly notices: StoreNotices;
  /** Proves that the store answers. @throws HubError */
  ping(): Promise<void>;
}

const PING = statement('ping', 'SELECT 1');

/** Opens the store; connects at the first use. */
export function openHubStore(config: HubStoreConfig): HubStore {
  const database: Database = openDatabase({
    url: config.databaseUrl,
    applicationName: config.applicationName,
    poolSize: config.poolSize,
  });
  const cipher = new PayloadCipher(config.parkedPayloadKey);
  const notices = new StoreNotices(database);
  const forOutbox: OutboxOptions = {
    partitionOfPerson: config.partitionOfPerson,
    onOutboxWrite: (partitions) => notices.outboxWritten(partitions),
  };
  const erased = new ErasedIdentityHashes(config.erasedIdentityKey);
  const persons = new PostgresPersonStore(database, { ...forOutbox, cipher, erased });
  return {
    persons,
    outbox: new PostgresOutbox(database, forOutbox),
    leases: new PostgresLeaseStore(database),
    checkpoints: new PostgresSourceCheckpointStore(database),
    parked: new ParkedRecords(database, cipher),
    phases: new PhaseStore(database),
    derivations: new DerivationStore(database),
    workItems: new WorkItems(database),
    purgeOrders: new PurgeOrders(database),
    consumerPurges: new ConsumerPurges(database, persons),
    erasures: new PostgresErasures(database, persons, erased),
    tableDump: new TableDump(database),
    followUps: new PostgresFollowUps(database),
    groups: new GroupReader(database),
    links: new LinkPeriods(database),
    lookUps: new LookUpReader(database, erased),
    callers: new CallerCredentials(database),
    accessLog: new AccessLog(database, cipher),
    deliveries: new PostgresDeliveryStore(database),
    consumerLists: new ConsumerLists(database),
    commands: new CommandStore(database, () => notices.commandSubmitted()),
    instances: new InstanceStore(database),
    consumers: new ConsumerRegistry(database),
    knownRows: (source) => new PostgresKnownRowStore(database, source),
    puKnown: new PostgresPuKnownStore(database),
    askableIdentities: (scope, pageRows) =>
      new PostgresAskableIdentities(database, scope, pageRows),
    pullCoverage: (scope) => new PullCoverage(database, scope),
    callBudget: (options) => new PostgresCallBudget(database, options),
    readLineage: (key) => readPersonLineage(database, key, config.partitionOfPerson),
    ensureJournalPartitions: () => ensureJournalPartitions(database),
    notices,
    ping: async () => {
      await database.execute(PING);
    },
    [Symbol.asyncDispose]: async () => {
      await notices[Symbol.asyncDispose]();
      await database[Symbol.asyncDispose]();
    },
  };
}
