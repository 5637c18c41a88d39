import type { ConsumerProfile } from '../../core/disclosure/consumer-profile.ts';
import type { ConsumerState, ConsumerWalk } from '../../core/disclosure/delivery-ports.ts';
import { printProfile } from '../../core/disclosure/profile-text.ts';
import { type ProfileRefusal, whyNoChange } from '../../core/disclosure/why-no-change.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import {
  type AwaitedAnswers,
  type ConsumerRefusal,
  countDelivered,
  countPersons,
  listRefusals,
  type ReplaySize,
  readAwaited,
} from './consumer-reads.ts';
import {
  type ConsumerAgreement,
  findConsumer,
  listConsumers,
  lockConsumer,
  type RegisteredConsumer,
} from './consumer-rows.ts';
import { touchPersons } from './consumer-touches.ts';
import { type Database, type SqlRunner, statement } from './database.ts';
import { plainArray } from './sql-arrays.ts';

export interface NewConsumer {
  readonly profile: ConsumerProfile;
  readonly agreement: ConsumerAgreement;
  /** Who it is for Kafka, without `User:`; null: its rights are given outside the hub. */
  readonly principal: string | null;
}

/** A walk over everybody that somebody asks for; see {@link ConsumerWalk}. The first load begins when the consumer is added. */
export type NewWalk =
  | { readonly kind: 'change'; readonly profile: ConsumerProfile }
  | { readonly kind: 'repair' }
  | { readonly kind: 'replay' }
  | { readonly kind: 'drop' };

/** What somebody saw of the consumer who asks for something. */
export interface SeenConsumer {
  readonly id: number;
  readonly generation: number;
}

/**
 * What became of a request. `other-state`: the consumer is not as it was seen, or is being dropped. `not-begun`: nothing was read for it yet, so there is
 * nothing to go back from.
 */
export type RegistryOutcome =
  | 'done'
  | 'already-added'
  | 'not-added'
  | 'principal-taken'
  | 'walk-under-way'
  | ProfileRefusal
  | 'not-begun'
  | 'other-state';

const ADD = statement<{ id: string }>(
  'add-consumer',
  `INSERT INTO consumers (name, profile, agreement_valid_to, framework_version, staff_informed_by, staff_informed_at, principal, command_id)
   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (name) DO NOTHING RETURNING id`,
);

const COMMAND_OF = statement<{ command_id: string | null }>(
  'command-of-consumer',
  'SELECT command_id FROM consumers WHERE name = $1',
);

const HAS_PRINCIPAL = statement(
  'principal-of-others',
  'SELECT name FROM consumers WHERE principal = $1 AND name <> $2',
);

const SET_STATE = statement(
  'set-consumer-state',
  'UPDATE consumers SET state = $2, command_id = $3, changed_at = clock_timestamp() WHERE id = $1',
);

const SET_AGREEMENT = statement(
  'set-consumer-agreement',
  `UPDATE consumers SET agreement_valid_to = $2, framework_version = $3, staff_informed_by = $4, staff_informed_at = $5,
          command_id = $6, changed_at = clock_timestamp() WHERE id = $1`,
);

const BEGIN_WALK = statement(
  'begin-consumer-walk',
  `INSERT INTO consumer_walks (consumer_id, kind, generation, profile, total, command_id)
   VALUES ($1, $2, $3, $4, $5, $6)`,
);

const END_WALK = statement(
  'end-consumer-walk',
  'DELETE FROM consumer_walks WHERE consumer_id = $1',
);

/** What is told again by an earlier replay stays to be told again. */
const REPLAY_SINCE = statement(
  'replay-consumer-since',
  `UPDATE consumer_positions AS p
   SET next_offset = since.next_offset, replay_until = greatest(p.replay_until, p.next_offset), updated_at = clock_timestamp()
   FROM unnest($2::integer[], $3::bigint[]) AS since (partition, next_offset)
   WHERE p.consumer_id = $1 AND p.partition = since.partition AND p.next_offset > since.next_offset`,
);

/** They are of this consumer, whatever another one is called that comes later. What the access log names stays. */
const REVOKE_CREDENTIALS = statement(
  'revoke-credentials-of-consumer',
  'UPDATE caller_credentials SET revoked_at = now(), revoked_by = $2 WHERE consumer = $1 AND revoked_at IS NULL',
);

const HAS_POSITION = statement(
  'consumer-has-begun',
  'SELECT partition FROM consumer_positions WHERE consumer_id = $1 LIMIT 1',
);

const LED_TO = statement<{ redirect_to: string }>(
  'where-keys-lead',
  'SELECT redirect_to FROM persons WHERE person_key = ANY ($1::uuid[]) AND redirect_to IS NOT NULL',
);

const KNOWN = statement<{ person_key: string }>(
  'known-person-keys',
  'SELECT person_key FROM persons WHERE person_key = ANY ($1::uuid[])',
);

/**
 * Which consumers there are, and what is asked for them. Each request has the number of its command, and the consumer keeps that of the last one: the
 * same request again changes nothing and is `done` again.
 */
export class ConsumerRegistry {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** By name. */
  async list(): Promise<readonly RegisteredConsumer[]> {
    return await listConsumers(this.#database);
  }

  async find(name: string): Promise<RegisteredConsumer | undefined> {
    return await findConsumer(this.#database, name);
  }

  /** Adds a consumer, with its first load as generation 1: a row that everything else hangs on. Its topics and rights are made before. */
  async add(consumer: NewConsumer, commandId: bigint): Promise<RegistryOutcome> {
    const { profile, agreement, principal } = consumer;
    const text = printProfile(profile);
    return await this.#database.transact(async (runner) => {
      if (await isTaken(runner, principal, profile.name)) return 'principal-taken';
      const [added] = await runner.query(ADD, [
        profile.name,
        text,
        agreement.validTo,
        agreement.frameworkVersion,
        agreement.staffInformedBy,
        agreement.staffInformedAt,
        principal,
        commandId,
      ]);
      if (added === undefined) {
        const [row] = await runner.query(COMMAND_OF, [profile.name]);
        return row?.command_id === `${commandId}` ? 'done' : 'already-added';
      }
      // Made for one of this name while it was being dropped.
      await revokeCredentials(runner, profile.name, commandId);
      const total = await countPersons(runner);
      await runner.execute(BEGIN_WALK, [added.id, 'first-load', 1, text, total, commandId]);
      return 'done';
    });
  }

  /** Writes down what was agreed anew, in place of what was. It is fed as before. */
  async renew(
    name: string,
    agreement: ConsumerAgreement,
    commandId: bigint,
  ): Promise<RegistryOutcome> {
    return await this.#ask(name, commandId, async (runner, { id }) => {
      const { validTo, frameworkVersion, staffInformedBy, staffInformedAt } = agreement;
      const values = [id, validTo, frameworkVersion, staffInformedBy, staffInformedAt, commandId];
      await runner.execute(SET_AGREEMENT, values);
      return 'done';
    });
  }

  /** Stops feeding it. Positions and walks stay where they are. */
  async pause(name: string, commandId: bigint): Promise<RegistryOutcome> {
    return await this.#setState(name, 'paused', commandId);
  }

  /** Goes on where it stopped. */
  async resume(name: string, commandId: bigint): Promise<RegistryOutcome> {
    return await this.#setState(name, 'running', commandId);
  }

  /**
   * Has everybody gone through once more. `drop` takes the place of a walk that is under way, and nothing else of the consumer goes on; the others
   * wait for nothing and take nobody's place.
   * @param seen what whoever asks saw; null: anything.
   */
  async startWalk(
    name: string,
    walk: NewWalk,
    seen: SeenConsumer | null,
    commandId: bigint,
  ): Promise<RegistryOutcome> {
    return await this.#ask(name, commandId, async (runner, consumer) => {
      if (seen !== null && !isAsSeen(consumer, seen)) return 'other-state';
      if (walk.kind === 'drop') {
        await this.#drop(runner, consumer, commandId);
        return 'done';
      }
      if (consumer.walk !== null) return 'walk-under-way';
      const refused = walk.kind === 'change' ? whyNoChange(consumer.profile, walk.profile) : null;
      if (refused !== null) return refused;
      const text = printProfile(walk.kind === 'change' ? walk.profile : consumer.profile);
      const generation = consumer.generation + (walk.kind === 'replay' ? 0 : 1);
      const total = await countPersons(runner);
      const { id, state } = consumer;
      await runner.execute(BEGIN_WALK, [id, walk.kind, generation, text, total, commandId]);
      await runner.execute(SET_STATE, [id, state, commandId]);
      return 'done';
    });
  }

  /**
   * Sets the positions back, so that what happened since then is told again. A position that is not beyond the given one stays, and so does one of a
   * partition that is not named.
   * @param offsets the first offset of each partition that is told again.
   */
  async replaySince(
    name: string,
    offsets: readonly { readonly partition: number; readonly nextOffset: number }[],
    seen: SeenConsumer | null,
    commandId: bigint,
  ): Promise<RegistryOutcome> {
    return await this.#ask(name, commandId, async (runner, consumer) => {
      if (seen !== null && !isAsSeen(consumer, seen)) return 'other-state';
      const { id, state } = consumer;
      const [begun] = await runner.query(HAS_POSITION, [id]);
      if (begun === undefined) return 'not-begun';
      await runner.execute(REPLAY_SINCE, [
        id,
        plainArray(offsets.map(({ partition }) => partition)),
        plainArray(offsets.map(({ nextOffset }) => nextOffset)),
      ]);
      await runner.execute(SET_STATE, [id, state, commandId]);
      return 'done';
    });
  }

  /**
   * Has chosen persons told once more. Of a key that leads to another one, both: what stood under it is taken back, and the person is told.
   * @param isForced also who was told before as they are now.
   */
  async touch(
    name: string,
    personKeys: readonly PersonKey[],
    isForced: boolean,
    commandId: bigint,
  ): Promise<RegistryOutcome> {
    return await this.#ask(name, commandId, async (runner, { id, state }) => {
      const led = await runner.query(LED_TO, [plainArray(personKeys)]);
      const keys = new Set([...personKeys, ...led.map((row) => row.redirect_to as PersonKey)]);
      await touchPersons(runner, id, [...keys], isForced);
      await runner.execute(SET_STATE, [id, state, commandId]);
      return 'done';
    });
  }

  /** How much a replay of everybody would be, or a drop. Counts every delivery to the consumer. */
  async replaySize(consumerId: number): Promise<ReplaySize> {
    const persons = await countPersons(this.#database);
    return { persons, ...(await countDelivered(this.#database, consumerId)) };
  }

  /** Who could not be told, and why; who has waited longest first. */
  async refusals(consumerId: number, limit: number): Promise<readonly ConsumerRefusal[]> {
    return await listRefusals(this.#database, consumerId, limit);
  }

  /** The answers that a consumer that is dropped is waited for. */
  async awaited(consumerId: number): Promise<AwaitedAnswers> {
    return await readAwaited(this.#database, consumerId);
  }

  /** Which of these keys the hub has something to tell under. */
  async knownKeys(personKeys: readonly PersonKey[]): Promise<ReadonlySet<PersonKey>> {
    const rows = await this.#database.query(KNOWN, [plainArray(personKeys)]);
    return new Set(rows.map((row) => row.person_key as PersonKey));
  }

  async #setState(name: string, state: ConsumerState, commandId: bigint): Promise<RegistryOutcome> {
    return await this.#ask(name, commandId, async (runner, { id }) => {
      await runner.execute(SET_STATE, [id, state, commandId]);
      return 'done';
    });
  }

  /** Under a generation above every one that anything was sent with: a half-done walk has sent with its own already. It looks nobody up from now on. */
  async #drop(runner: SqlRunner, consumer: RegisteredConsumer, commandId: bigint): Promise<void> {
    const { id, generation, profile, walk } = consumer;
    const above = Math.max(generation, walk?.generation ?? 0) + 1;
    const { has: total } = await countDelivered(runner, id);
    await revokeCredentials(runner, consumer.name, commandId);
    await runner.execute(END_WALK, [id]);
    const kind = 'drop' satisfies ConsumerWalk['kind'];
    await runner.execute(BEGIN_WALK, [id, kind, above, printProfile(profile), total, commandId]);
    await runner.execute(SET_STATE, [id, 'dropping' satisfies ConsumerState, commandId]);
  }

  /** Does something for a consumer while nobody else changes it, once for each command. */
  async #ask(
    name: string,
    commandId: bigint,
    work: (runner: SqlRunner, consumer: RegisteredConsumer) => Promise<RegistryOutcome>,
  ): Promise<RegistryOutcome> {
    return await this.#database.transact(async (runner) => {
      const consumer = await lockConsumer(runner, name);
      if (consumer === undefined) return 'not-added';
      if (consumer.commandId === commandId) return 'done';
      // One that is older than what was done last was not carried out in its turn: what it saw is over.
      if ((consumer.commandId ?? 0n) > commandId || consumer.state === 'dropping') {
        return 'other-state';
      }
      return await work(runner, consumer);
    });
  }
}

async function revokeCredentials(
  runner: SqlRunner,
  name: string,
  commandId: bigint,
): Promise<void> {
  await runner.execute(REVOKE_CREDENTIALS, [name, `command ${commandId}`]);
}

function isAsSeen(consumer: RegisteredConsumer, seen: SeenConsumer): boolean {
  return consumer.id === seen.id && consumer.generation === seen.generation;
}

/** A principal's rights are those of one consumer: with two they would be both's. */
async function isTaken(
  runner: SqlRunner,
  principal: string | null,
  name: string,
): Promise<boolean> {
  return principal !== null && (await runner.query(HAS_PRINCIPAL, [principal, name])).length > 0;
}
