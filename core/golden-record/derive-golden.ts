import type { Finding } from '../identity/work-item.ts';
import type { ContactPoint, PersonName } from '../mapping/person-evidence.ts';
import { classifyRoot } from '../person/identity-type.ts';
import { identityText } from '../person/person-identifier.ts';
import type { GoldenRules, Phase } from './authority.ts';
import { chooseGolden, type GoldenChoice, isFallingBack } from './choose-golden.ts';
import type { GoldenMember } from './choose-record.ts';
import type { GoldenInput, GoldenResult } from './golden-input.ts';
import type { GoldenIdentity, GoldenPerson, GoldenProtectedPerson } from './golden-record.ts';
import { protectedMembership, registeredMembership } from './membership.ts';
import { visibleRelations } from './relations.ts';

const NO_NAME: PersonName = {
  givenName: null,
  givenNameIndicator: null,
  middleName: null,
  surname: null,
  notificationName: null,
};

type Somebody = GoldenChoice & { readonly kind: 'somebody' };

/**
 * The golden record of a cluster: a pure function of its evidence, what was decided, the rules and the phase. The order in which the evidence is
 * given, or came, makes no difference. Its JSON text is hashed, so each kind is built in one order of keys.
 */
export function deriveGolden(input: GoldenInput, rules: GoldenRules, phase: Phase): GoldenResult {
  const choice = chooseGolden(input, rules, phase);
  const { isProtected, findings } = choice.protection;
  if (choice.kind === 'nobody') {
    return {
      golden: null,
      withheld: choice.withheld,
      isProtected,
      fallsBack: false,
      findings: inOrder(findings),
    };
  }
  const golden = isProtected ? protectedPerson(choice, input.members) : person(choice, input);
  const isWithoutCounty =
    isProtected && golden.membership === null && golden.deregistration === null;
  return {
    golden,
    withheld: null,
    isProtected,
    fallsBack: isFallingBack(choice),
    findings: inOrder(
      isWithoutCounty ? [...findings, ...noCounty(choice.main.member, input)] : findings,
    ),
  };
}

function person(choice: Somebody, { members, hiddenRelatives }: GoldenInput): GoldenPerson {
  const { recordFor } = choice;
  const deregistration = recordFor('deregistration')?.content.deregistration ?? null;
  const named = recordFor('name')?.content;
  const locality = recordFor('locality')?.content.locality ?? null;
  return {
    kind: 'person',
    identities: identitiesOf(members, choice.main.member),
    name: named?.name ?? NO_NAME,
    sex: recordFor('sex')?.content.sex ?? 'unknown',
    birthDate: recordFor('birth')?.content.birthDate ?? null,
    deregistration,
    testPerson: named?.testPerson ?? false,
    maritalStatus: recordFor('marital-status')?.content.maritalStatus ?? null,
    membership: registeredMembership(
      recordFor('membership')?.content.locality ?? null,
      deregistration,
    ),
    parishCode: locality?.parishCode ?? null,
    propertyDesignation: locality?.propertyDesignation ?? null,
    addresses: recordFor('addresses')?.content.addresses ?? [],
    contacts: usableContacts(recordFor('contacts')?.content.contacts ?? []),
    relations: visibleRelations(recordFor('relations')?.content.relations ?? [], hiddenRelatives),
    contactPersons: recordFor('contact-persons')?.content.contactPersons ?? [],
    paperOptOut: recordFor('paper-preference')?.content.paperOptOut ?? null,
  };
}

function protectedPerson(
  { main, recordFor, protection }: Somebody,
  members: readonly GoldenMember[],
): GoldenProtectedPerson {
  const deregistration = recordFor('deregistration')?.content.deregistration ?? null;
  const named = recordFor('name')?.content;
  return {
    kind: 'protected-person',
    identities: identitiesOf(members, main.member),
    name: named?.name ?? NO_NAME,
    sex: recordFor('sex')?.content.sex ?? 'unknown',
    birthDate: recordFor('birth')?.content.birthDate ?? null,
    deregistration,
    testPerson: named?.testPerson ?? false,
    protectedPerson: protection.protectedPerson,
    protectedPopulationRecord: protection.protectedPopulationRecord,
    membership: protectedMembership(
      recordFor('membership')?.content.locality ?? null,
      deregistration,
      members,
    ),
  };
}

/** All identities of the cluster, also those that others only mention: a consumer that knows any of them finds the person. */
function identitiesOf(
  members: readonly GoldenMember[],
  main: GoldenMember,
): readonly GoldenIdentity[] {
  const sorted = members.length === 1 ? members : members.toSorted(byText);
  return sorted.map((member) => ({
    root: member.identity.root,
    extension: member.identity.extension,
    type: classifyRoot(member.identity.root),
    main: member === main,
  }));
}

function byText(a: GoldenMember, b: GoldenMember): number {
  return identityText(a.identity) < identityText(b.identity) ? -1 : 1;
}

/** "No" removes the value everywhere; the other answers travel with it. */
function usableContacts(contacts: readonly ContactPoint[]): readonly ContactPoint[] {
  return contacts.some(isRefused) ? contacts.filter((contact) => !isRefused(contact)) : contacts;
}

function isRefused({ consent }: ContactPoint): boolean {
  return consent === 'no';
}

/** Nobody can book for the person until somebody makes the membership by hand (design 4.5), which somebody may have noted. */
function noCounty({ identityKey }: GoldenMember, { decisions }: GoldenInput): readonly Finding[] {
  const isNoted = decisions.some(
    ({ kind, subject }) => kind === 'no-county' && subject === identityKey,
  );
  return isNoted ? [] : [{ kind: 'no-county', subject: identityKey, other: null }];
}

function inOrder(findings: readonly Finding[]): readonly Finding[] {
  if (findings.length < 2) return findings;
  return findings.toSorted((a, b) => (findingText(a) < findingText(b) ? -1 : 1));
}

function findingText({ kind, subject, other }: Finding): string {
  return `${kind} ${subject} ${other}`;
}
