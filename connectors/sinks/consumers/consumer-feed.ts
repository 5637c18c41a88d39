import { atTheMost, decideDelivery } from '../../../core/disclosure/decide-delivery.ts';
import type { OutgoingDelivery } from '../../../core/disclosure/delivery.ts';
import type {
  Consumer,
  ConsumerWalk,
  DeliveryCommit,
  DeliveryFacts,
  DeliveryStore,
  OpenOrder,
} from '../../../core/disclosure/delivery-ports.ts';
import type { DeliveryRules } from '../../../core/disclosure/delivery-question.ts';
import { decideTakeBack } from '../../../core/disclosure/take-back.ts';
import type { PublishedEvent } from '../../../core/disclosure/visible-events.ts';
import type { PersonKey } from '../../../core/person/person-identifier.ts';
import type { ContentHasher, Lease } from '../../../core/sync/ports.ts';
import { rulesFor, rulesOfWalk } from './consumer-rules.ts';
import { type ConsumerSink, FeedOvertakenError } from './consumer-sink.ts';
import { type Decided, DeliverySender, type FeedProgress } from './delivery-sender.ts';

/** Events of one partition of the hub's events, with where they stand. */
export interface EventBatch {
  readonly partition: number;
  /** The position that the batch follows on. */
  readonly from: number;
  /** The position after it. */
  readonly to: number;
  readonly events: readonly LocatedEvent[];
}

export interface LocatedEvent {
  readonly offset: number;
  readonly personKey: PersonKey;
  readonly event: PublishedEvent;
}

export interface ConsumerFeedOptions {
  readonly store: DeliveryStore;
  readonly sink: ConsumerSink;
  readonly lease: Lease;
  /** Whether the lease was renewed lately: it cannot be another's before what is sent now has ended. */
  readonly isLeaseFresh: () => boolean;
  /** As it was found when the feed began. */
  readonly consumer: Consumer;
  /** Persons that are told at once. */
  readonly batchPersons: number;
  /** With a key: what was sent cannot be guessed from the ledger. */
  readonly hasher: ContentHasher;
  readonly orderIdOf: (text: string) => string;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly onProgress: (progress: FeedProgress) => void;
}

/** Pages of a walk between which no event is told: long enough to read ahead, short enough that an event does not wait. */
const PAGES_IN_TURN = 8;

/** What a piece of work found to do. `gone`: the consumer was dropped, and nothing is left of it. */
export type WorkFound = 'something' | 'nothing' | 'gone';

interface Asked {
  readonly events: PublishedEvent[];
  isForced: boolean;
}

/**
 * Feeds one consumer. One thing at a time, so that what is told of a person keeps its order whatever it comes from: an event, a walk, a list.
 *
 * Told is always the golden record of now. An event only says whom to look at: what it led to may since have become protected.
 */
export class ConsumerFeed {
  readonly #options: ConsumerFeedOptions;
  readonly #sender: DeliverySender;
  #consumer: Consumer;
  readonly #replayUntil = new Map<number, number>();
  /** Who are to be told again before anything else goes on: see {@link recover}. */
  #toSettle: readonly PersonKey[] = [];
  #lastTurn: Promise<unknown> = Promise.resolve();

  constructor(options: ConsumerFeedOptions) {
    this.#options = options;
    this.#consumer = options.consumer;
    this.#sender = new DeliverySender({ ...options, consumerId: options.consumer.id });
  }

  /**
   * Takes in what the store has under the lease: what became of the consumer, and of whom a feed before this one, or this one before a fault, may have sent
   * something that is not stored. Before everything else, and after each fault: they are told again before a walk goes on, since what the profile from
   * before it may have told is known only as long as the walk lasts.
   */
  async recover(): Promise<void> {
    const { store, consumer } = this.#options;
    await this.#look();
    this.#sender.recover(await store.intended(consumer.id));
    this.#toSettle = [...this.#sender.unsettled];
  }

  /** Up to which offset of a partition states are told again. */
  replayUntil(partition: number, offset: number): void {
    this.#replayUntil.set(partition, offset);
  }

  /** Tells what happened. @throws FeedOvertakenError, or what the store and the sink throw: then the same batch again. */
  async takeEvents({ partition, from, to, events }: EventBatch): Promise<void> {
    await this.#inTurn(async () => {
      const replayUntil = this.#replayUntil.get(partition) ?? 0;
      const asked = new Map<PersonKey, Asked>();
      // Of a consumer that is dropped only the position moves: everybody is taken back.
      if (this.#consumer.state !== 'dropping') {
        for (const { personKey, event, offset } of events) {
          const entry = asked.get(personKey) ?? { events: [], isForced: false };
          entry.events.push(event);
          entry.isForced ||= offset < replayUntil;
          asked.set(personKey, entry);
        }
      }
      await this.#tell(asked, false, { position: { partition, from, to } });
    });
  }

  /** Does a piece of what waits beside the events: persons who are named, a page of a walk. Takes in what became of the consumer first. */
  async work(): Promise<WorkFound> {
    return await this.#inTurn(async () => {
      if (!(await this.#look())) return 'gone';
      if (this.#consumer.walk?.kind === 'drop')
        return await this.#takeBackPage(this.#consumer.walk);
      if (await this.#settle()) return 'something';
      if (await this.#tellTouched()) return 'something';
      const { walk } = this.#consumer;
      if (walk === null) return 'nothing';
      await this.#walkPages(walk);
      return 'something';
    });
  }

  /** Tells every order to forget again that was not answered, since the consumer may never have read it. */
  async tellOrdersAgain(): Promise<void> {
    await this.#inTurn(async () => {
      const { store, sink, batchPersons } = this.#options;
      let after: string | null = null;
      for (;;) {
        const orders: readonly OpenOrder[] = await store.openOrders(
          this.#consumer.id,
          after,
          batchPersons,
        );
        if (orders.length === 0) return;
        await sink.deliver(orders.map(onlyOrder), true);
        after = orders.at(-1)?.id ?? null;
      }
    });
  }

  /**
   * Ends a drop of which only the end is left, so that topics and tables that are gone are not missed.
   * @returns true when nothing is left of the consumer.
   */
  async endDrop(): Promise<boolean> {
    return await this.#inTurn(async () => {
      if (!(await this.#look())) return true;
      const { walk } = this.#consumer;
      return walk?.kind === 'drop' && (await this.#endDrop(walk));
    });
  }

  /** @returns false when the consumer is not there any more. */
  async #look(): Promise<boolean> {
    const { store, consumer } = this.#options;
    const now = (await store.consumers()).find(({ id }) => id === consumer.id);
    if (now !== undefined) this.#consumer = now;
    return now !== undefined;
  }

  /** Tells persons again of whom an earlier feed may have sent something. Whoever the first load has not reached waits for it. */
  async #settle(): Promise<boolean> {
    const { batchPersons } = this.#options;
    const page = this.#toSettle.slice(0, batchPersons);
    if (page.length === 0) return false;
    const asked = new Map(page.map((key) => [key, { events: [], isForced: true }]));
    await this.#tell(asked, false, {});
    this.#toSettle = this.#toSettle.slice(batchPersons);
    return true;
  }

  async #tellTouched(): Promise<boolean> {
    const { store, batchPersons } = this.#options;
    const touches = await store.touches(this.#consumer.id, batchPersons);
    if (touches.length === 0) return false;
    const asked = new Map<PersonKey, Asked>();
    for (const { personKey, isForced } of touches) {
      const known = asked.get(personKey)?.isForced ?? false;
      asked.set(personKey, { events: [], isForced: isForced || known });
    }
    await this.#tell(asked, false, { touches: touches.map(({ id }) => id) });
    return true;
  }

  /** Some pages of a walk, each read while the one before it is sent: the events that come meanwhile wait, so what was read is not overtaken. */
  async #walkPages(first: ConsumerWalk): Promise<void> {
    let walk = first;
    let reading = this.#readPage(walk.cursor);
    for (let pages = 1; ; pages += 1) {
      const { keys, facts } = await reading;
      const cursor = keys.at(-1) ?? walk.cursor;
      const isOver = keys.length === 0;
      const isLast = isOver || pages === PAGES_IN_TURN;
      if (!isLast) {
        reading = this.#readPage(cursor);
        // Met when it is its turn; a page before it that fails ends this before.
        reading.catch(() => undefined);
      }
      const { startedAt, kind } = walk;
      const done = walk.done + keys.length;
      // Whom the walk has reached is told by its profile from here on, also when this page fails: part of it may have been sent.
      walk = { ...walk, cursor, done };
      this.#consumer = { ...this.#consumer, walk };
      const isForced = kind === 'replay';
      const asked = new Map(keys.map((key) => [key, { events: [], isForced }]));
      const moved = { walk: { startedAt, cursor, done, isOver } };
      await this.#sender.send(this.#decide(asked, facts), true, moved);
      if (isOver) {
        const { generation, profile } = walk;
        this.#consumer = { ...this.#consumer, walk: null, generation, profile };
      }
      if (isLast) return;
    }
  }

  async #readPage(
    after: PersonKey | null,
  ): Promise<{ readonly keys: readonly PersonKey[]; readonly facts: DeliveryFacts }> {
    const { store, batchPersons } = this.#options;
    const keys = await store.nextPersons(after, batchPersons);
    return { keys, facts: await this.#factsAbout(keys) };
  }

  /** Takes back what the consumer has, person by person: first of whom the ledger may not know, then by the ledger. */
  async #takeBackPage(walk: ConsumerWalk): Promise<WorkFound> {
    const { store, batchPersons } = this.#options;
    const { id } = this.#consumer;
    const unknown = [...this.#sender.unsettled].slice(0, batchPersons);
    const keys =
      unknown.length > 0 ? unknown : await store.nextDelivered(id, walk.cursor, batchPersons);
    if (keys.length === 0) return (await this.#endDrop(walk)) ? 'gone' : 'nothing';
    const facts = await store.facts(id, keys, false);
    const rules = rulesOfWalk(this.#consumer, walk, this.#common());
    const decisions = keys.flatMap((personKey): Decided[] => {
      const known = facts.delivered.get(personKey);
      const last = unknown.length > 0 ? atTheMost({ last: known, personKey }, rules) : known;
      const decision = last && decideTakeBack(last, rules);
      return decision === undefined ? [] : [{ personKey, generation: walk.generation, decision }];
    });
    const cursor = unknown.length > 0 ? walk.cursor : (keys.at(-1) ?? walk.cursor);
    const done = walk.done + (unknown.length > 0 ? 0 : keys.length);
    const moved = { startedAt: walk.startedAt, cursor, done, isOver: false };
    await this.#sender.send(decisions, true, { walk: moved });
    return 'something';
  }

  /** When everybody was taken back and nobody is waited for: the rest of the consumer. @returns whether it is gone. */
  async #endDrop({ cursor }: ConsumerWalk): Promise<boolean> {
    const { store, sink, lease, isLeaseFresh } = this.#options;
    const { id } = this.#consumer;
    if (this.#sender.unsettled.size > 0) return false;
    if ((await store.nextDelivered(id, cursor, 1)).length > 0) return false;
    if (await store.isWaitedFor(id)) return false;
    if (!isLeaseFresh()) throw new FeedOvertakenError();
    await sink.remove();
    if (!(await store.forget(lease, id))) throw new FeedOvertakenError();
    return true;
  }

  async #tell(
    asked: ReadonlyMap<PersonKey, Asked>,
    isBulk: boolean,
    moved: Partial<DeliveryCommit>,
  ): Promise<void> {
    const facts = await this.#factsAbout([...asked.keys()]);
    await this.#sender.send(this.#decide(asked, facts), isBulk, moved);
  }

  async #factsAbout(keys: readonly PersonKey[]): Promise<DeliveryFacts> {
    if (keys.length === 0) return NO_FACTS;
    return await this.#options.store.facts(this.#consumer.id, keys, this.#needsList());
  }

  #decide(asked: ReadonlyMap<PersonKey, Asked>, facts: DeliveryFacts): readonly Decided[] {
    const common = this.#common();
    return [...asked].flatMap(([personKey, { events, isForced }]): Decided[] => {
      const last = facts.delivered.get(personKey);
      const isUnsettled = this.#sender.unsettled.has(personKey);
      const told = { personKey, generation: last?.generation ?? 0, isUnsettled };
      const rules = rulesFor(this.#consumer, told, common);
      if (rules === undefined) return [];
      const question = {
        personKey,
        current: facts.persons.get(personKey),
        last,
        isListed: facts.listed.has(personKey),
        orders: facts.orders.get(personKey) ?? [],
        events,
        isForced,
        isUnsettled,
      };
      const decision = decideDelivery(question, rules);
      return decision === undefined ? [] : [{ personKey, generation: rules.generation, decision }];
    });
  }

  #common(): Pick<DeliveryRules, 'now' | 'hasher'> {
    const { hasher, now } = this.#options;
    return { hasher, now: now() };
  }

  #needsList(): boolean {
    const { profile, walk } = this.#consumer;
    return profile.persons.kind === 'list' || walk?.profile.persons.kind === 'list';
  }

  /** Runs the work when all that was asked for before has ended, well or not. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#lastTurn.then(work, work);
    this.#lastTurn = turn.catch(() => undefined);
    return turn;
  }
}

function onlyOrder({ personKey, ...order }: OpenOrder): OutgoingDelivery {
  const { upToGeneration: generation, upToVersion: version } = order;
  return { personKey, generation, version, state: undefined, purges: [order], events: [] };
}

const NO_FACTS: DeliveryFacts = {
  persons: new Map(),
  delivered: new Map(),
  listed: new Set(),
  orders: new Map(),
};
