import type {
  CountyMembership,
  GoldenIdentity,
  Membership,
} from '../golden-record/golden-record.ts';
import type {
  ContactPerson,
  ContactPoint,
  Deregistration,
  MaritalStatus,
  PersonName,
  PostalAddress,
  Relation,
  Sex,
} from '../mapping/person-evidence.ts';
import type { PartialDate } from '../person/partial-date.ts';

/** A contact value that the person lets every care giver use. Null: the source does not say; PU has it, and what PU has is shared (IS 4.2.12). */
export interface DisclosedContact extends ContactPoint {
  readonly consent: 'shared' | null;
}

/** A field that is not there was not asked for by the profile; null says that the hub does not know it. */
interface DisclosedCommon {
  /** All of the person's, with `main` on the one that the consumer wants to know the person by. */
  readonly identities: readonly GoldenIdentity[];
  readonly testPerson: boolean;
  readonly name?: PersonName;
  readonly sex?: Sex;
  readonly birthDate?: PartialDate | null;
  readonly deregistration?: Deregistration | null;
}

/** What one consumer may see of a person who is not protected. */
export interface DisclosedPerson extends DisclosedCommon {
  readonly maritalStatus?: MaritalStatus | null;
  readonly membership?: Membership | null;
  readonly parishCode?: string | null;
  readonly propertyDesignation?: string | null;
  readonly addresses?: readonly PostalAddress[];
  readonly contacts?: readonly DisclosedContact[];
  readonly relations?: readonly Relation[];
  readonly contactPersons?: readonly ContactPerson[];
}

/**
 * What one consumer may see of a protected person. A type of its own with no place for what is hidden, as with the golden record: no profile, however
 * it is written, can ask for more (TKB 5.1 ch. 6.3 rule 3 and ch. 8 profile 1).
 */
export interface DisclosedProtectedPerson extends DisclosedCommon {
  readonly protectedPerson: boolean;
  readonly protectedPopulationRecord: boolean;
  readonly membership?: CountyMembership | null;
}

/** Why a consumer gets nothing of a person. For operators: the consumer is not told. */
export type LeftOutReason =
  /** The hub tells nobody: removed, merged into another key, withheld. */
  | 'not-published'
  /** The person is protected, and the profile leaves such persons out; said before all that is below. */
  | 'protected'
  | 'not-in-the-area'
  | 'not-listed'
  /** None of the person's numbers is of a kind that the consumer can know a person by. */
  | 'no-usable-identity';

/** What one consumer gets of one person. */
export type Disclosure =
  | { readonly kind: 'person'; readonly person: DisclosedPerson }
  | { readonly kind: 'protected-person'; readonly person: DisclosedProtectedPerson }
  | { readonly kind: 'left-out'; readonly reason: LeftOutReason };
