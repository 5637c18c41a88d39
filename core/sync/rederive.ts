import type { Identity } from '../person/person-identifier.ts';
import { type ChangeCause, NO_CHANGES } from './batch-changes.ts';
import {
  type DecideCounts,
  type Decided,
  type DecideRules,
  decideBatch,
  relativesOf,
} from './decide-batch.ts';
import { completeGroups } from './lock-whole.ts';
import type { Derivation, PersonStore, PersonTransaction, PhaseState } from './ports.ts';
import type { IdentityGroup } from './stored-group.ts';
import { asStored } from './take-in.ts';

export interface DerivationOptions {
  /** About how many identities one transaction derives. */
  readonly pageIdentities: number;
  /** Which part of the persons looked at so far may vanish, 0 to 1, before a person is asked. */
  readonly maxVanishingShare: number;
  /** So many may always vanish. */
  readonly leastVanishing: number;
}

export type DerivationStep =
  /** There is no walk, or another instance has it at this moment. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'page'; readonly derivation: Derivation; readonly counts: DecideCounts }
  /** Too many persons would vanish: the page was not written, and the walk waits for somebody to accept it. */
  | { readonly kind: 'stopped'; readonly derivation: Derivation };

/**
 * One page of the walk that is under way: derives the groups again from what is stored, by the phase of now, and writes what is not as before
 * together with how far the walk has come. A crash does the page once more, which changes nothing. Batches of the registers go on meanwhile: they
 * decide by the new phase already.
 */
export async function stepDerivation(
  store: PersonStore,
  rules: DecideRules,
  options: DerivationOptions,
): Promise<DerivationStep> {
  return await store.transact(async (transaction): Promise<DerivationStep> => {
    const phase = await transaction.readPhase();
    const walk = await transaction.lockDerivation();
    if (walk === undefined) return { kind: 'idle' };
    const page = await transaction.lockGroupPage(walk.cursor, options.pageIdentities);
    const groups = await completeGroups(transaction, page.groups);
    const cause: ChangeCause = {
      source: 'hub',
      position: { epoch: phase.generation, version: BigInt(walk.id) },
      readAt: walk.startedAt,
    };
    const { counts, ...changes } = await decideAgain(transaction, groups, phase, cause, rules);
    const derivation: Derivation = {
      ...walk,
      state: page.next === null ? 'done' : 'running',
      // Nobody goes on from the end, and a key that nobody needs would outlive whoever is erased.
      cursor: page.next,
      persons: walk.persons + counts.clusters,
      changed: walk.changed + counts.persons,
      vanished: walk.vanished + counts.vanished,
    };
    if (counts.vanished > 0 && isTooMany(derivation, options)) {
      const stopped: Derivation = { ...walk, state: 'stopped' };
      await transaction.saveDerivation(stopped);
      return { kind: 'stopped', derivation: stopped };
    }
    await transaction.write({ ...NO_CHANGES, ...changes });
    await transaction.saveDerivation(derivation);
    return { kind: 'page', derivation, counts };
  });
}

function isTooMany(
  { acceptsVanishing, persons, vanished }: Derivation,
  { maxVanishingShare, leastVanishing }: DerivationOptions,
): boolean {
  return !acceptsVanishing && vanished > Math.max(leastVanishing, persons * maxVanishingShare);
}

/**
 * Derives the persons of some identities again, because something changed that is not theirs. Those that are not known are left out: whoever read them did
 * so before, and an erasure may have come between.
 *
 * @param reason what is behind it.
 */
export async function rederiveIdentities(
  transaction: PersonTransaction,
  identities: readonly Identity[],
  reason: { readonly number: bigint; readonly readAt: string; readonly byRelative: boolean },
  rules: DecideRules,
): Promise<DecideCounts> {
  const phase = await transaction.readPhase();
  const known = await transaction.lockKnownGroups(identities);
  const groups = await completeGroups(transaction, known);
  const cause: ChangeCause = {
    source: 'hub',
    position: { epoch: phase.generation, version: reason.number },
    readAt: reason.readAt,
  };
  const decided = await decideAgain(transaction, groups, phase, cause, rules, reason.byRelative);
  const { counts, ...changes } = decided;
  await transaction.write({ ...NO_CHANGES, ...changes });
  return counts;
}

async function decideAgain(
  transaction: PersonTransaction,
  groups: readonly IdentityGroup[],
  { phase }: PhaseState,
  cause: ChangeCause,
  rules: DecideRules,
  byRelative = false,
): Promise<Decided> {
  const sets = asStored(groups, cause);
  const isProtected = await transaction.readProtected(relativesOf(sets));
  return decideBatch(sets, isProtected, phase, rules, byRelative);
}
