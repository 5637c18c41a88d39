import { classifyRoot, STRENGTH_OF } from '../person/identity-type.ts';
import { type IdentityType, identityText } from '../person/person-identifier.ts';
import type { AuthorityTable, Phase } from './authority.ts';
import { chooseRecord, type GoldenMember, type RegisterRecord } from './choose-record.ts';

/** The identity that a person is known by. */
export interface MainIdentity {
  readonly member: GoldenMember;
  readonly type: IdentityType;
  /** The record that makes the identity known to consumers: of the first register that publishes its kind and has one. */
  readonly record: RegisterRecord;
}

/**
 * Of the identities that a publishing register knows, the strongest (LRID → NRID → SNR → PNR, TKB 5.1 ch. 6.13). Of two of one kind a number
 * that is still in use goes before one that was replaced or annulled (domain 8: old number); then the lesser text, so that no order matters.
 *
 * @returns undefined when there is nobody to publish in this phase.
 */
export function chooseMain(
  members: readonly GoldenMember[],
  publishes: AuthorityTable['publishes'][Phase],
): MainIdentity | undefined {
  let main: MainIdentity | undefined;
  for (const member of members) {
    const type = classifyRoot(member.identity.root);
    const record = chooseRecord(member, publishes[type]);
    if (record === undefined) continue;
    const candidate = { member, type, record };
    if (main === undefined || goesBefore(candidate, main)) main = candidate;
  }
  return main;
}

function goesBefore(a: MainIdentity, b: MainIdentity): boolean {
  if (a.type !== b.type) return STRENGTH_OF[a.type] > STRENGTH_OF[b.type];
  const isInUse = isNumberInUse(a.record);
  if (isInUse !== isNumberInUse(b.record)) return isInUse;
  return identityText(a.member.identity) < identityText(b.member.identity);
}

/** Not when it is an old number (GN, gammalt nummer) or was annulled (AN): the person lives on under another one. */
function isNumberInUse({ content: { deregistration } }: RegisterRecord): boolean {
  return deregistration?.reason !== 'GN' && deregistration?.reason !== 'AN';
}
