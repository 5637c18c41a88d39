import { setTimeout } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { HubError } from '../../core/errors/hub-error.ts';
import { WORK_ITEM_RULES } from '../../core/identity/work-item.ts';
import type { IdentityHash, IdentityKey } from '../../core/person/person-identifier.ts';
import { applyDecision } from '../../core/sync/apply-decision.ts';
import type { DecideRules } from '../../core/sync/decide-batch.ts';
import { carryOutFollowUps } from '../../core/sync/follow-up.ts';
import type { DecisionRequest, SourceBatch } from '../../core/sync/ports.ts';
import { processSourceBatch } from '../../core/sync/process-source-batch.ts';
import { stepDerivation } from '../../core/sync/rederive.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import { broke } from './broken-invariant.ts';
import { Crash, Mortality, mortalFollowUps, mortalStore } from './crashing-store.ts';
import { checkStep } from './invariants.ts';
import { type HubView, lookInto, type ModelHub } from './model-hub.ts';
import { modelIdentity } from './model-identities.ts';
import { mapModelRecord, Registers } from './registers.ts';
import { type Step, statedLink } from './steps.ts';
import { TopicConsumer } from './topic-consumer.ts';

const SOURCES = ['master', 'pu'] as const satisfies readonly SourceName[];
/** More than any page, batch or list of a model holds. */
const ALL = 10_000;

/** Two registers, a hub between them and a consumer, taken through one step after the other; after each, the invariants are held against the hub. */
export class ModelRun {
  readonly registers = new Registers();
  readonly consumer = new TopicConsumer();
  readonly #hub: ModelHub;
  readonly #rules: DecideRules;
  #commands = 0n;
  #before: HubView | undefined;

  constructor(hub: ModelHub, rules: DecideRules) {
    this.#hub = hub;
    this.#rules = rules;
  }

  async take(step: Step): Promise<void> {
    await this.#do(step);
    await this.check(step.kind === 'race');
  }

  /** Holds the invariants of a step against the hub as it is now. */
  async check(isRace = false): Promise<HubView> {
    const view = await lookInto(this.#hub);
    if (this.#before !== undefined) {
      checkStep(this.#before, view, await this.#hub.readPurges(), isRace);
    }
    this.#before = view;
    return view;
  }

  /** Everything that is on its way arrives. */
  async settle(): Promise<HubView> {
    for (const source of SOURCES) {
      await this.#deliver(source, ALL, 0, null);
      await this.check();
    }
    while (await this.#walk(ALL, null)) await this.check();
    while ((await this.#hub.countFollowUps()) > 0) {
      if (await this.#follow(null)) await this.check();
      else await setTimeout(5);
    }
    await this.#publish(ALL);
    return await this.check();
  }

  async rewind(source: SourceName): Promise<void> {
    await this.#hub.store.transact(async (transaction) => {
      await transaction.lockOffset(topicOf(source), 0);
      await transaction.resetOffset(topicOf(source), 0, 0);
    });
    await this.#deliver(source, ALL, 0, null);
  }

  async #do(step: Step): Promise<void> {
    const { registers } = this;
    switch (step.kind) {
      case 'say':
        registers.say(step.source, step.who, step.change, step.skew);
        break;
      case 'link':
        this.#link(step);
        break;
      case 'unlink':
        registers.unlink(step.source, step.who, modelIdentity(step.other));
        registers.unlink(step.source, step.other, modelIdentity(step.who));
        break;
      case 'renumber':
        registers.say(step.source, step.who, { deregistration: 3 });
        registers.say(step.source, step.other, { deregistration: 0 });
        this.#link({ ...step, kind: 'link', way: 'referred', back: 'referred' });
        break;
      case 'reflag':
        registers.say(step.source, step.who, { flags: 0 });
        registers.wait(1);
        registers.say(step.source, step.who, { flags: 1 });
        break;
      case 'remove':
        registers.remove(step.who);
        break;
      case 'unknown':
        registers.answerUnknown(step.who);
        break;
      case 'again':
        registers.sendAgain(step.source, step.place);
        break;
      case 'wait':
        registers.wait(step.seconds);
        break;
      case 'deliver':
        await this.#deliver(step.source, step.count, step.overlap, step.crash);
        break;
      case 'race':
        await this.#race(step);
        break;
      case 'rewind':
        await this.rewind(step.source);
        break;
      case 'phase':
        await this.#hub.switchPhase(step.phase);
        break;
      case 'rebuild':
        await this.#hub.askForRebuild();
        break;
      case 'walk':
        await this.#walk(step.size, step.crash);
        break;
      case 'follow':
        await this.#follow(step.crash);
        break;
      case 'decide':
        await this.#decide(step);
        break;
      case 'publish':
        await this.#publish(step.size);
    }
  }

  #link({ source, who, other, way, back }: Step & { kind: 'link' }): void {
    this.registers.link(source, who, statedLink(way, modelIdentity(other)));
    if (back === null) return;
    this.registers.link(source, other, statedLink(back, modelIdentity(who)));
  }

  async #deliver(
    source: SourceName,
    count: number,
    overlap: number,
    crash: number | null,
  ): Promise<void> {
    const store = mortalStore(this.#hub.store, new Mortality(crash));
    const done = await this.#hub.store.transact((transaction) =>
      transaction.lockOffset(topicOf(source), 0),
    );
    const batch = this.#batchOf(source, Math.max(0, done - overlap), done + count);
    if (batch.records.length === 0) return;
    const rules = { ...this.#rules, source, map: mapModelRecord };
    await survive(() => processSourceBatch(batch, store, rules));
  }

  #batchOf(source: SourceName, from: number, to: number): SourceBatch {
    const topic = this.registers.topics[source];
    const records = topic.slice(from, to).map((message, index) => ({
      offset: from + index,
      identityHash: `number ${message.person['who']}` as IdentityHash,
      message,
      payload: new Uint8Array(),
    }));
    const nextOffset = from + records.length;
    return { topic: topicOf(source), partition: 0, firstOffset: from, nextOffset, records };
  }

  async #race({ count, phase }: Step & { kind: 'race' }): Promise<void> {
    await Promise.all([
      ...[...SOURCES, ...SOURCES].map((source) => this.#deliver(source, count, 0, null)),
      this.#walk(2, null),
      this.#follow(null),
      phase === null ? undefined : survive(() => this.#hub.switchPhase(phase)),
    ]);
  }

  /** @returns whether there was something to do. */
  async #walk(size: number, crash: number | null): Promise<boolean> {
    const store = mortalStore(this.#hub.store, new Mortality(crash));
    const options = { pageIdentities: size, maxVanishingShare: 1, leastVanishing: ALL };
    const step = await survive(() => stepDerivation(store, this.#rules, options));
    return step?.kind === 'page';
  }

  /** @returns whether there was something to do. */
  async #follow(crash: number | null): Promise<boolean> {
    const mortality = new Mortality(crash);
    const store = mortalStore(this.#hub.store, mortality);
    const followUps = mortalFollowUps(this.#hub.followUps, mortality);
    const { now } = this.registers;
    const done = await survive(() => carryOutFollowUps(store, followUps, this.#rules, ALL, now));
    return (done ?? 0) > 0;
  }

  async #decide({ item, choice, crash }: Step & { kind: 'decide' }): Promise<void> {
    const view = await lookInto(this.#hub);
    // Of the commonest kind there is little to decide. Whoever decided wrongly can decide again.
    const items = view.openItems.filter(({ kind }) => kind !== 'no-county');
    const former = view.decisions.map(({ kind, subject, other }) => ({ kind, subject, other }));
    const asked = [...(items.length > 0 ? items : view.openItems), ...former];
    const about = asked[item % Math.max(1, asked.length)];
    if (about === undefined) return;
    const { choices } = WORK_ITEM_RULES[about.kind];
    const chosen = choices[choice % choices.length];
    if (chosen === undefined) return;
    this.#commands += 1n;
    const request: DecisionRequest = {
      commandId: this.#commands,
      about,
      choice: chosen,
      reason: 'model',
      decidedBy: 'model',
      decidedAt: this.registers.now,
    };
    const identities = [about.subject, about.other].flatMap((key: IdentityKey | null) =>
      view.identities.filter((known) => known.identityKey === key).map((known) => known.identity),
    );
    // The command is there until it was answered.
    for (const crashBefore of [crash, null]) {
      const store = mortalStore(this.#hub.store, new Mortality(crashBefore));
      const outcome = await survive(() => applyDecision(store, request, identities, this.#rules));
      if (outcome === undefined) continue;
      if (outcome !== 'done') broke('decided-once', `an open ${about.kind} is ${outcome}`);
    }
    const { decisions, openItems } = await lookInto(this.#hub);
    if (decisions.length !== view.decisions.length + 1) {
      broke('decided-once', `${decisions.length - view.decisions.length} decisions were stored`);
    }
    if (openItems.some((one) => isDeepStrictEqual(one, about))) {
      broke('decided-once', `${about.kind} is open after a decision`);
    }
  }

  /** The publisher sends the state of so many keys, and then, as after a crash, the last of them once more. */
  async #publish(size: number): Promise<void> {
    const waiting = (await this.#hub.readPublished()).filter((one) => this.consumer.isNews(one));
    const sent = waiting.slice(0, size);
    for (const message of [...sent, ...sent.slice(-1)]) this.consumer.take(message);
  }
}

function topicOf(source: SourceName): string {
  return `source.${source}.person.v1`;
}

/** @returns undefined when the process died; what another transaction stood in the way of is done again. */
async function survive<T>(work: () => Promise<T>): Promise<T | undefined> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (error instanceof Crash) return undefined;
      if (error instanceof HubError && error.code === 'HUB_STORE_CONFLICT') continue;
      throw error;
    }
  }
}
