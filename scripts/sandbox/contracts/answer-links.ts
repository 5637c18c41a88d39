import type { PuIdentity, PuRecord } from '../../population/pu-record.ts';
import type { SandboxRegister } from '../sandbox-types.ts';
import type { RequestOf } from './contract-requests.ts';
import {
  asLinkedGroup,
  chooseMain,
  type FindRecord,
  identityType,
  isSameIdentity,
  isStateIdentity,
  linkedGroup,
  rank,
} from './linked-identities.ts';
import { Refusal, writeResult } from './write-result.ts';

const ONLY_THE_STATE =
  'Personnummer och samordningsnummer kopplas, och kopplas isär, bara av Skatteverket.';

/** LinkPersonIdentity (TKB 5.1 ch. 6.13). */
export function answerLink(
  register: SandboxRegister,
  { fromIdentity, toIdentity }: RequestOf<'LinkPersonIdentity'>,
): string {
  return writeResult({ name: 'result', isWrapper: false }, () => {
    const find: FindRecord = (identity) => register.find(identity);
    register.put(linked(known(find, fromIdentity), known(find, toIdentity), find));
    return '';
  });
}

/** UnlinkPersonIdentity (TKB 5.1 ch. 6.14). */
export function answerUnlink(
  register: SandboxRegister,
  { unlinkFromIdentity, unlinkIdentity }: RequestOf<'UnlinkPersonIdentity'>,
): string {
  return writeResult({ name: 'result', isWrapper: false }, () => {
    const find: FindRecord = (identity) => register.find(identity);
    register.put(unlinked(known(find, unlinkFromIdentity), known(find, unlinkIdentity), find));
    return '';
  });
}

function known(find: FindRecord, identity: PuIdentity): PuRecord {
  const record = find(identity);
  if (record === undefined) throw new Refusal('Identiteten finns inte.');
  return record;
}

/** Links go upwards only: LRID, NRID, SNR, PNR. Whoever is linked to either of the two comes along. */
function linked(from: PuRecord, to: PuRecord, find: FindRecord): readonly PuRecord[] {
  if (isSameIdentity(from.personalIdentity, to.personalIdentity)) {
    throw new Refusal('En identitet kan inte kopplas till sig själv.');
  }
  if (identityType(from) === 'LRID' && identityType(to) === 'LRID') {
    throw new Refusal(
      'Två lokala reservidentiteter kan inte kopplas till varandra: detta ska göras genom att koppla de bägge LRID till ett NRID.',
    );
  }
  if (isStateIdentity(from) && isStateIdentity(to)) throw new Refusal(ONLY_THE_STATE);
  if (rank(from) > rank(to)) {
    throw new Refusal('Kopplingen måste gå uppåt i ordningen LRID, NRID, SNR, PNR.');
  }
  const fromGroup = linkedGroup(from, find);
  const toGroup = linkedGroup(to, find);
  const isLinked = fromGroup.some(({ personalIdentity }) =>
    isSameIdentity(personalIdentity, to.personalIdentity),
  );
  if (isLinked) throw new Refusal('Identiteterna är redan kopplade.');
  if (fromGroup.some(isStateIdentity) && toGroup.some(isStateIdentity)) {
    throw new Refusal(ONLY_THE_STATE);
  }
  const members = [...toGroup, ...fromGroup];
  // toIdentity becomes the main identity, unless a stronger one is or comes with it.
  const strongest = chooseMain(members);
  return asLinkedGroup(members, rank(strongest) > rank(to) ? strongest : to);
}

/** Takes one identity out of its group. The rest stay joined. */
function unlinked(from: PuRecord, leaving: PuRecord, find: FindRecord): readonly PuRecord[] {
  const isLeaving = ({ personalIdentity }: PuRecord): boolean =>
    isSameIdentity(personalIdentity, leaving.personalIdentity);
  const members = linkedGroup(from, find);
  const rest = members.filter((member) => !isLeaving(member));
  if (isLeaving(from) || rest.length === members.length) {
    throw new Refusal('Identiteterna är inte kopplade.');
  }
  if (isStateIdentity(leaving) && rest.some(isStateIdentity)) throw new Refusal(ONLY_THE_STATE);
  return [...asLinkedGroup(rest, chooseMain(rest)), ...asLinkedGroup([leaving], leaving)];
}
