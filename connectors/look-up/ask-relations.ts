import { HubError } from '../../core/errors/hub-error.ts';
import { visibleRelations } from '../../core/golden-record/relations.ts';
import type { Relation, RelationKind } from '../../core/mapping/person-evidence.ts';
import { classifyRoot } from '../../core/person/identity-type.ts';
import {
  type Identity,
  identityText,
  type PersonKey,
} from '../../core/person/person-identifier.ts';
import type { Caller } from './caller.ts';
import { goldenOfAnswer, thoseAround } from './golden-of-answer.ts';
import { type PersonNow, type PersonNowOptions, readPersonNow } from './person-now.ts';

/** Who may decide for a child, and who is next of kin by law: what each call asks for (Skatteverket's codes 02003). */
export const RELATIONS_OF = {
  custodians: ['custodian'],
  'next-of-kin': ['spouse', 'partner', 'child', 'mother', 'father', 'parent'],
} as const satisfies Readonly<Record<string, readonly RelationKind[]>>;
export type RelationsCall = keyof typeof RELATIONS_OF;

/** `protected`: of a protected person no relation is told. `not-available`: PU did not answer, and nothing is stored. */
export interface RelationsAnswer {
  readonly personKey: PersonKey;
  readonly patient: Identity | null;
  readonly status: 'answered' | 'protected' | 'not-available';
  /** `stored`: PU did not answer, and this is what it said at `asOf`. */
  readonly source: 'pu-now' | 'stored' | null;
  /** Milliseconds since 1970. */
  readonly asOf: number | null;
  readonly relations: readonly Relation[];
}

/**
 * The legal relations of a person, asked of PU (P4) at this moment. PU away: the stored copy with its age.
 * @param today ISO 8601: relations that ended before are left out.
 */
export async function askRelations(
  caller: Caller,
  key: PersonKey,
  call: RelationsCall,
  today: string,
  options: PersonNowOptions,
): Promise<RelationsAnswer> {
  const { relations: allowed, groups } = caller.consumer.profile;
  const kinds = new Set<RelationKind>(RELATIONS_OF[call].filter((kind) => allowed.has(kind)));
  if (!groups.has('relations') || kinds.size === 0) throw new HubError('HUB_LOOKUP_NOT_IN_PROFILE');
  const now = await readPersonNow(caller, key, 'P4', options);
  const { personKey, patient, stored, storedAt } = now;
  const nothing = { personKey, patient, source: null, asOf: null, relations: [] } as const;
  if (now.isProtected) return { ...nothing, status: 'protected' };
  const isWanted = ({ kind, to }: Relation) => kinds.has(kind) && !isOver(to, today);
  const fresh = await freshRelations(now, caller, isWanted, options);
  if (fresh !== undefined) return { ...nothing, status: 'answered', source: 'pu-now', ...fresh };
  if (stored?.kind !== 'person' || storedAt === null) {
    return { ...nothing, status: 'not-available' };
  }
  return {
    ...nothing,
    status: 'answered',
    source: 'stored',
    asOf: storedAt,
    relations: stored.relations.filter(isWanted),
  };
}

/** A day of which only the year is known ends with the year. */
function isOver(to: Relation['to'], today: string): boolean {
  return to !== null && to.value < today.slice(0, to.value.length);
}

/** @returns undefined when PU did not answer, neither about the person nor about relatives of whom the hub cannot tell whether they are protected. */
async function freshRelations(
  { fresh }: PersonNow,
  { rule }: Caller,
  isWanted: (relation: Relation) => boolean,
  options: PersonNowOptions,
): Promise<{ readonly asOf: number; readonly relations: readonly Relation[] } | undefined> {
  if (fresh === null) return undefined;
  const asOf = fresh.askedAt;
  const wanted = fresh.evidence.relations.filter(isWanted);
  if (rule.seesProtectedRelations) return { asOf, relations: wanted };
  const relatives = wanted.flatMap(({ identity }) => identity ?? []);
  const known = await options.persons.relatives(relatives);
  const unsure = relatives.filter(
    (identity) =>
      !known.protected.has(identityText(identity)) &&
      !known.answeredByPu.has(identityText(identity)) &&
      classifyRoot(identity.root) !== 'LRID',
  );
  const hidden = await hiddenAmong(unsure, options);
  if (hidden === undefined) return undefined;
  return { asOf, relations: visibleRelations(wanted, new Set([...known.protected, ...hidden])) };
}

/**
 * Asks PU which relatives are protected: by their flags, or as somebody is with whom PU links them. Whoever it does not answer about counts as one.
 * @returns as `identityText`; undefined when PU did not answer.
 */
async function hiddenAmong(
  unsure: readonly Identity[],
  { persons, pu, rules }: PersonNowOptions,
): Promise<readonly string[] | undefined> {
  if (unsure.length === 0) return [];
  const asked = await pu?.ask(unsure, 'P1', false);
  if (asked === undefined) return undefined;
  const around = [...asked.answers.values()].flatMap((answer) =>
    answer.kind === 'record' ? thoseAround(answer.evidence) : [],
  );
  const known = (await persons.relatives(around)).protected;
  return unsure.map(identityText).filter((text) => {
    const answer = asked.answers.get(text);
    if (answer?.kind === 'unknown') return false;
    return (
      answer?.kind !== 'record' || goldenOfAnswer(answer.evidence, known, rules)?.kind !== 'person'
    );
  });
}
