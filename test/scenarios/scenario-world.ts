import { join } from 'node:path';
import { loadMappingFiles } from '../../connectors/mapping-files/load-mapping-files.ts';
import { createIdentityHasher, encodeSourceMessage } from '../../connectors/runtime/raw-message.ts';
import type { Phase } from '../../core/golden-record/authority.ts';
import type { Finding } from '../../core/identity/work-item.ts';
import { createMasterMapper } from '../../core/mapping/map-master-record.ts';
import { createPuMapper } from '../../core/mapping/map-pu-record.ts';
import { applyDecision } from '../../core/sync/apply-decision.ts';
import type { DecideCounts, DecideRules } from '../../core/sync/decide-batch.ts';
import { carryOutFollowUps } from '../../core/sync/follow-up.ts';
import type { DecisionRequest, SourceBatch } from '../../core/sync/ports.ts';
import { type BatchOutcome, processSourceBatch } from '../../core/sync/process-source-batch.ts';
import { stepDerivation } from '../../core/sync/rederive.ts';
import type { SourceMessage, SourceName } from '../../core/sync/source-record.ts';
import { plainHasher } from '../support/person-builder.ts';
import { findingText } from './plain-state.ts';
import { PlainStore } from './plain-store.ts';
import type { DecisionStep } from './scenario.ts';
import { KEY_FIELDS } from './scenario-record.ts';

const files = await loadMappingFiles(join(import.meta.dirname, '../../mappings'));
const { classifier, areas, region } = files;
export const mappers = {
  master: createMasterMapper({ mapping: files.masterMapping, classifier, areas }),
  pu: createPuMapper({ mapping: files.puMapping, classifier, areas }),
};
const SECRET = 'a secret of the tests';
const hashOf = {
  master: createIdentityHasher(SECRET, KEY_FIELDS.master),
  pu: createIdentityHasher(SECRET, KEY_FIELDS.pu),
};
/** For latency figures only. */
const NOW = '2026-02-01T00:00:00Z';
/** Small pages, so that a walk over a scenario has several. */
const WALK = { pageIdentities: 2, leastVanishing: 0 };
/** Rounds of follow-ups after which somebody goes in circles. */
const MANY_ROUNDS = 20;

/** What became of a batch, and how to send it once more. */
export interface Processed {
  readonly outcome: BatchOutcome;
  readonly again: () => Promise<BatchOutcome>;
}

export interface Walked {
  readonly pages: readonly DecideCounts[];
  readonly isStopped: boolean;
}

/** A hub as small as can be: the real mapping files, mappers and main path over a {@link PlainStore}. */
export class ScenarioWorld {
  readonly store = new PlainStore();
  readonly #rules: DecideRules;

  constructor(isProduction: boolean) {
    this.#rules = {
      hasher: plainHasher,
      events: { homeCounties: region.homeCounties },
      golden: { authority: files.authority, dropsTestPersons: isProduction },
    };
  }

  /** Records of one source as a batch, at the end of its topic. */
  async process(messages: readonly SourceMessage[]): Promise<Processed> {
    const [first] = messages;
    if (first === undefined) throw new Error('A batch has records.');
    const batch = this.#batchOf(first.source, messages);
    const process = () =>
      processSourceBatch(batch, this.store, {
        ...this.#rules,
        source: first.source,
        map: (message) => mappers[first.source].map(message),
      });
    return { outcome: await process(), again: process };
  }

  #batchOf(source: SourceName, messages: readonly SourceMessage[]): SourceBatch {
    const topic = `source.${source}.person.v1`;
    const firstOffset = this.store.nextOffset(topic);
    return {
      topic,
      partition: 0,
      firstOffset,
      nextOffset: firstOffset + messages.length,
      records: messages.map((message, index) => ({
        offset: firstOffset + index,
        identityHash: hashOf[source](message),
        message,
        payload: encodeSourceMessage(message),
      })),
    };
  }

  /** @returns the counts of all pages, and whether the walk stopped to ask. */
  async derive(maxVanishingShare = 1): Promise<Walked> {
    const pages: DecideCounts[] = [];
    for (;;) {
      const step = await stepDerivation(this.store, this.#rules, { ...WALK, maxVanishingShare });
      if (step.kind !== 'page') return { pages, isStopped: step.kind === 'stopped' };
      pages.push(step.counts);
    }
  }

  async switchPhase(phase: Phase, mostVanishing?: number): Promise<Walked> {
    await this.store.switchPhase(phase, mostVanishing === undefined);
    return await this.derive(mostVanishing);
  }

  /** Goes on with the walk that stopped. */
  async acceptVanishing(): Promise<Walked> {
    await this.store.acceptVanishing();
    return await this.derive();
  }

  async rebuild(): Promise<Walked> {
    await this.store.askForDerivation('rebuild');
    return await this.derive();
  }

  /** Until nothing is due any more. */
  async followUp(): Promise<void> {
    for (let round = 0; round < MANY_ROUNDS; round += 1) {
      if ((await carryOutFollowUps(this.store, this.store.followUps, this.#rules, 10, NOW)) === 0)
        return;
    }
    throw new Error('Follow-ups make follow-ups without end.');
  }

  /** @returns undefined when the hub has never heard of one of the identities. */
  async decide(step: DecisionStep, commandId: bigint) {
    const request = this.#requestOf(step, commandId);
    if (request === undefined) return undefined;
    const { item } = step.decide;
    const identities = [item.subject, item.other].flatMap(
      (extension) => this.#byExtension(extension)?.identity ?? [],
    );
    return { outcome: await applyDecision(this.store, request, identities, this.#rules) };
  }

  /** Keeps a decision as evidence, whether its item is open or not. */
  async recordDecision(
    step: DecisionStep,
    commandId: bigint,
    flaggedSince: number | null,
  ): Promise<void> {
    const request = this.#requestOf(step, commandId);
    if (request === undefined) throw new Error('Nobody was decided about.');
    await this.store.transact(async (transaction) => {
      await transaction.recordDecision(request, flaggedSince);
    });
  }

  #requestOf(
    { decide: { item, choice, decidedAt } }: DecisionStep,
    commandId: bigint,
  ): DecisionRequest | undefined {
    const [subject, other] = [this.#byExtension(item.subject), this.#byExtension(item.other)];
    if (subject === undefined || (item.other !== null && other === undefined)) return undefined;
    const about = this.#asAsked({
      kind: item.kind,
      subject: subject.identityKey,
      other: other?.identityKey ?? null,
    });
    return {
      commandId,
      about,
      choice,
      reason: 'as the scenario says',
      decidedBy: 'a register specialist',
      decidedAt,
    };
  }

  /** Of two numbers of one kind it depends on which was seen first what the item is about, and what is the other. */
  #asAsked(stated: Finding): Finding {
    const { kind, subject, other } = stated;
    if (other === null) return stated;
    const turned = { kind, subject: other, other: subject };
    return this.store.state.items.has(findingText(turned)) ? turned : stated;
  }

  #byExtension(extension: string | null) {
    return this.store.identities.find(({ identity }) => identity.extension === extension);
  }
}
