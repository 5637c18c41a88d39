import type { IdentityClassifier } from '../person/classify-identity.ts';
import { type Identity, identityText } from '../person/person-identifier.ts';
import { CHANNEL_ORDER, inOrder, type Ranked, RELATION_ORDER } from './canonical-order.ts';
import type { PuRows } from './map-pu-children.ts';
import type { ContactPerson, Relation, ShortName } from './person-evidence.ts';
import type { PuCodes } from './pu-mapping.ts';
import type { PuChild } from './pu-record.ts';
import { readDeclaredIdentity } from './read-declared-identity.ts';
import { readPuChannel } from './read-pu-channel.ts';
import type { RowReader, RowRules } from './row-reader.ts';

export interface PuRelativeMapper {
  /** Legal relations, which Skatteverket keeps. A relative who is deregistered stays one: a dead mother is still the mother. */
  readRelations(reader: RowReader, rows: PuRows, own: Identity): readonly Relation[];
  /** Whom the person has named. */
  readContactPersons(reader: RowReader, rows: PuRows): readonly ContactPerson[];
}

const rulesOf = (child: PuChild, ...required: string[]): RowRules => ({
  prefix: `${child}.`,
  required,
});
const RELATIONS = rulesOf('relations', 'type');
const CONTACT_PERSONS = rulesOf('contactPersons', 'relationshipType');
const CONTACTS = rulesOf('contactPersonContacts', 'contactPerson', 'contactType');

export function createPuRelativeMapper(
  codes: PuCodes,
  classifier: IdentityClassifier,
): PuRelativeMapper {
  const relationKinds = new Map(Object.entries(codes.relationType));
  const relationStatuses = new Map(Object.entries(codes.relationStatus));
  const relationships = new Map(
    Object.entries(codes.contactPersonRelationship).flatMap(([relationship, snomedCodes]) =>
      snomedCodes.map((code) => [code, relationship] as const),
    ),
  );
  const contactTypes = new Map(Object.entries(codes.contactType));

  return {
    readRelations(reader, { relations = [] }, own) {
      if (relations.length === 0) return [];
      const ranked: Ranked<Relation>[] = [];
      const stated = new Set<string>();
      const ownText = identityText(own);
      for (const row of relations) {
        reader.read(row, RELATIONS);
        const relation = readRelation(reader);
        if (relation === null) continue;
        if (relation.identity !== null) {
          // Two children without a number may look the same; two rows about one number say the same.
          const text = JSON.stringify(relation);
          if (identityText(relation.identity) === ownText || stated.has(text)) continue;
          stated.add(text);
        }
        ranked.push({ rank: RELATION_ORDER[relation.kind], sequence: 0, item: relation });
      }
      return inOrder(ranked);
    },

    readContactPersons(reader, { contactPersons = [], contactPersonContacts = [] }) {
      const contactsOf: Ranked<ContactPerson['contacts'][number]>[][] = contactPersons.map(
        () => [],
      );
      for (const row of contactPersonContacts) {
        reader.read(row, CONTACTS);
        const contacts = contactsOf[reader.wholeNumber('contactPerson') ?? -1];
        // The contact of nobody: it must not be lost unseen.
        if (contacts === undefined) reader.unknownCode('contactPerson');
        const item = readPuChannel(reader, contactTypes);
        if (item === null) continue;
        contacts?.push({ rank: CHANNEL_ORDER[item.channel], sequence: 0, item });
      }
      const ranked: Ranked<ContactPerson>[] = [];
      for (const [place, row] of contactPersons.entries()) {
        reader.read(row, CONTACT_PERSONS);
        const relationship = reader.code('relationshipType', relationships);
        const priority = reader.wholeNumber('priorityOrder');
        const name = readShortName(reader);
        const contacts = inOrder(contactsOf[place] ?? []);
        // Somebody without a name who cannot be reached is nobody.
        if (relationship === null || (name === null && contacts.length === 0)) continue;
        const item = { relationship, priority, name: name ?? NO_NAME, contacts };
        ranked.push({ rank: 0, sequence: priority ?? Number.POSITIVE_INFINITY, item });
      }
      return inOrder(ranked);
    },
  };

  /** Null: the relation does not hold any more, or its row cannot be read. */
  function readRelation(reader: RowReader): Relation | null {
    const kind = reader.code('type', relationKinds);
    if (reader.code('status', relationStatuses) === 'ended') return null;
    // The schema lets the number of a root be absent (IIType), not its root.
    if (reader.value('identity') !== null && reader.value('identityRoot') === null) {
      reader.reject('HUB_PERSON_REQUIRED_MISSING', 'identityRoot');
    }
    const identity = readDeclaredIdentity(reader, classifier, 'as-stated');
    const birthDate = reader.date('birthDate');
    const name = readShortName(reader);
    const from = reader.date('from');
    const to = reader.date('to');
    return kind === null ? null : { kind, identity, birthDate, name, from, to };
  }
}

const NO_NAME: ShortName = { givenName: null, middleName: null, surname: null };

function readShortName(reader: RowReader): ShortName | null {
  const givenName = reader.text('givenName');
  const middleName = reader.text('middleName');
  const surname = reader.text('surname');
  if (givenName === null && middleName === null && surname === null) return null;
  return { givenName, middleName, surname };
}
