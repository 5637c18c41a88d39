import { applyDecision } from '../../core/sync/apply-decision.ts';
import type { DecideRules } from '../../core/sync/decide-batch.ts';
import { erasePerson } from '../../core/sync/erase-person.ts';
import type { NamedPerson, SourceTraces } from '../../core/sync/erasure-ports.ts';
import type { StoredCommand } from '../hub-store/command-store.ts';
import type { HubStore } from '../hub-store/hub-store.ts';
import type { CommandResult } from './command-loop.ts';
import { type CoreCommand, readCoreCommand } from './operations/core-commands.ts';

/** The parts of the store that commands change. */
export type CoreCommandStore = Pick<
  HubStore,
  'persons' | 'phases' | 'derivations' | 'workItems' | 'erasures'
>;

/**
 * Carries out a command about the core. Each is made by the number of its command, so doing it again, after a crash that came before the answer,
 * changes nothing and gives the same answer.
 *
 * @param findTraces where connectors keep something of somebody who is erased.
 * @throws HubError, retriable, when the store is away or met others: the command stays unanswered and is done again.
 */
export async function carryOutCoreCommand(
  stored: StoredCommand,
  store: CoreCommandStore,
  rules: DecideRules,
  findTraces: (person: NamedPerson) => Promise<SourceTraces>,
): Promise<CommandResult> {
  const command = readCoreCommand(stored);
  if (command === undefined) return 'unknown-command';
  const askedAt = new Date(stored.requestedAt).toISOString();
  switch (command.kind) {
    case 'phase-switch':
      return await switchPhase(command, stored.id, askedAt, store);
    case 'phase-accept-vanishing':
      return await acceptVanishing(command, stored.id, store);
    case 'rebuild':
      await store.derivations.startRebuild(stored.id, askedAt);
      return 'done';
    case 'work-decide':
      return await decide(command, stored, askedAt, store, rules);
    case 'erase': {
      const { person: key, seen, keepsHash } = command;
      const request = { commandId: stored.id, key, seen, keepsHash, askedAt };
      return await erasePerson(store.erasures, request, findTraces, rules);
    }
    case 'readmit':
      return (await store.erasures.readmit(command.person)) ? 'done' : 'nobody';
  }
}

/** Whoever asks for a phase has seen another one, and decided by what they saw. */
async function switchPhase(
  { phase, seen }: Extract<CoreCommand, { kind: 'phase-switch' }>,
  commandId: bigint,
  askedAt: string,
  { phases }: CoreCommandStore,
): Promise<CommandResult> {
  const now = await phases.read();
  if (now.commandId === commandId) return 'done';
  if (now.generation !== seen.generation || now.phase !== seen.phase) return 'other-state';
  const next = await phases.switchTo(phase, commandId, askedAt);
  return next.generation === seen.generation + 1 && next.phase === phase ? 'done' : 'other-state';
}

async function acceptVanishing(
  { walk }: Extract<CoreCommand, { kind: 'phase-accept-vanishing' }>,
  commandId: bigint,
  { derivations }: CoreCommandStore,
): Promise<CommandResult> {
  const now = await derivations.show();
  if (now?.id !== walk) return 'not-applicable';
  return (await derivations.acceptVanishing(commandId)) ? 'done' : 'not-applicable';
}

async function decide(
  { item, choice }: Extract<CoreCommand, { kind: 'work-decide' }>,
  { id: commandId, reason, requestedBy: decidedBy }: StoredCommand,
  decidedAt: string,
  { persons, workItems }: CoreCommandStore,
  rules: DecideRules,
): Promise<CommandResult> {
  const found = await workItems.find(item);
  if (found === undefined) return 'not-open';
  const { kind, subject, other, identities } = found;
  const about = { kind, subject, other };
  const request = { commandId, about, choice, reason, decidedBy, decidedAt };
  return await applyDecision(persons, request, identities, rules);
}
