import type { FieldGroup } from '../golden-record/golden-record.ts';
import type { ContactChannel, RelationKind } from '../mapping/person-evidence.ts';
import type { IdentityType } from '../person/person-identifier.ts';

/**
 * Field groups that can be left out of what a consumer gets; identities and protection are always in it. The wish about paper is never in it: whether
 * a letter goes by paper is asked at the moment of sending (IS 4.2.12), and a stored tick box would be late.
 */
export type DisclosedGroup = Exclude<FieldGroup, 'identities' | 'protection' | 'paper-preference'>;

/** Whose persons a consumer gets. */
export type PersonFilter =
  | { readonly kind: 'all' }
  /** Persons whose membership, municipality or county, lies in one of these counties. */
  | { readonly kind: 'membership'; readonly counties: ReadonlySet<string> }
  /** Persons whom the consumer has named; it keeps the list. */
  | { readonly kind: 'list' };

/** What a consumer gets of somebody protected: the masked record, or nothing. */
export type ProtectedPersons = 'masked' | 'left-out';

/** Contact data by channel. `needsNotification`: only what may be used for notices (digitalNotification, IS 4.2.12). */
export interface ContactRule {
  readonly channels: ReadonlySet<ContactChannel>;
  readonly needsNotification: boolean;
}

/**
 * How a consumer gets what it may see. A topic carries the full state of each person or, for a thin signal, only what happened: then the consumer
 * looks up. A table set lies in the consumer's own database; of somebody who leaves, the rows are deleted or marked.
 */
export type DeliveryWay =
  | {
      readonly kind: 'topic';
      readonly format: 'avro' | 'fhir-patient';
      readonly content: 'full-state' | 'thin-signal';
    }
  | { readonly kind: 'table'; readonly onLeaving: 'delete' | 'mark' };

/** What a consumer may do with the look-up (`connectors/look-up`). */
export interface LookUpRule {
  /** The caller is a system that works without a user: a call needs no user, unit and purpose. */
  readonly isSystemOnly: boolean;
  /** May see by look-up relations whose other end is protected. Everywhere else they are left out for everybody. */
  readonly seesProtectedRelations: boolean;
}

/**
 * `mappings/consumers/<name>.json`: what one consuming system may see, and why. Checked at start: a group that the delivery or the protection
 * rules forbid is refused by name.
 */
export interface ConsumerProfile {
  /** Part of the names of its topics: lower case letters, digits and hyphens. */
  readonly name: string;
  /** Rises with each change of the profile. */
  readonly version: number;
  /** For people: which system, who answers for it, on what ground it gets the data. */
  readonly title: string;
  readonly owner: string;
  readonly legalGround: string;
  /** HSA-id of the care giver: consent for "this care giver only" holds for it alone. */
  readonly careGiver: string;
  readonly persons: PersonFilter;
  readonly groups: ReadonlySet<DisclosedGroup>;
  /**
   * Kinds of numbers that the system can know a person by, the one that it wants first; within a kind the hub's main identity comes first. Empty: the
   * hub's own main identity. A person who has none of them is left out.
   */
  readonly mainIdentity: readonly IdentityType[];
  readonly protectedPersons: ProtectedPersons;
  /** Null unless `groups` has `contacts`. */
  readonly contacts: ContactRule | null;
  /** Relations that it gets; empty unless `groups` has `relations`. */
  readonly relations: ReadonlySet<RelationKind>;
  readonly delivery: DeliveryWay;
  /** Null: it may not look up. */
  readonly lookUp: LookUpRule | null;
  /** How long its topic of events keeps what was told, in days; that of orders keeps it a year at least. */
  readonly retentionDays: number;
}
