import { findHubError, HubError } from '../../../../core/errors/hub-error.ts';
import type { Identity } from '../../../../core/person/person-identifier.ts';
import { looseIdentityText } from '../askable-identity.ts';
import type { PuAnswer } from '../pu-client-port.ts';
import type { PuRun } from '../pu-run.ts';
import type { Shard } from './pull-shards.ts';

/** Identities of an order of which PU gives no proper answer, also when it is asked for them alone. */
export interface Unanswered {
  /** It answers about somebody else. */
  other: number;
  missing: number;
  /** More than so many are no exception but a fault of the answer. */
  readonly most: number;
}

/** Nobody yet. A few may stay without an answer, for otherwise one identity that PU keeps in a muddle would stop a pull for ever. */
export function nobodyUnanswered(asked: number): Unanswered {
  return { other: 0, missing: 0, most: Math.min(100, Math.max(10, asked / 100)) };
}

/**
 * Asks for identities by GetPersonsForProfile and sends the answers. Where the answer to several is refused, each half is asked for, until it
 * is known whose it is; who then has no proper answer is counted and left as it was.
 * @throws HubError `HUB_PU_OTHER_IDENTITY` or `HUB_PU_ANSWER_INCOMPLETE` when those are too many.
 */
export async function askAlone(
  run: PuRun,
  shard: Shard,
  asked: readonly Identity[],
  unanswered: Unanswered,
  signal: AbortSignal,
): Promise<void> {
  if (signal.aborted || asked.length === 0) return;
  try {
    const { askedAt, answers } = await run.options.client.getPersons(asked, shard.profile);
    const own = answersTo(asked, answers);
    const { mismatched } = await run.send(shard, own, askedAt);
    count(unanswered, 'other', mismatched.length);
    count(unanswered, 'missing', asked.length - own.length);
  } catch (error) {
    const kind = kindOf(error);
    if (kind === undefined || isTooMany(unanswered)) throw error;
    if (asked.length === 1) {
      count(unanswered, kind, 1);
      return;
    }
    const half = Math.ceil(asked.length / 2);
    await askAlone(run, shard, asked.slice(0, half), unanswered, signal);
    await askAlone(run, shard, asked.slice(half), unanswered, signal);
  }
}

/** One answer at most to each, as asked: PU may write an identity in other letters. */
function answersTo(asked: readonly Identity[], answers: readonly PuAnswer[]): readonly PuAnswer[] {
  const open = new Map(asked.map((identity) => [looseIdentityText(identity), identity]));
  return answers.flatMap(({ requested, record }) => {
    const named = requested ?? record?.identity;
    const text = named && looseIdentityText(named);
    const identity = text === undefined ? undefined : open.get(text);
    if (text === undefined || identity === undefined) return [];
    open.delete(text);
    return [{ requested: identity, record }];
  });
}

function kindOf(error: unknown): 'other' | 'missing' | undefined {
  const code = findHubError(error)?.code;
  if (code === 'HUB_PU_OTHER_IDENTITY') return 'other';
  return code === 'HUB_PU_ANSWER_INCOMPLETE' ? 'missing' : undefined;
}

function isTooMany({ other, missing, most }: Unanswered): boolean {
  return other + missing > most;
}

function count(unanswered: Unanswered, kind: 'other' | 'missing', more: number): void {
  unanswered[kind] += more;
  if (!isTooMany(unanswered)) return;
  const { other, missing } = unanswered;
  const code = other > 0 ? 'HUB_PU_OTHER_IDENTITY' : 'HUB_PU_ANSWER_INCOMPLETE';
  throw new HubError(code, { other, missing });
}
