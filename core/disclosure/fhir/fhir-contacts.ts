import type { ContactPerson, Relation, RelationKind } from '../../mapping/person-evidence.ts';
import { fhirContactPoint } from './fhir-address.ts';
import { fhirIdentifier } from './fhir-identifier.ts';
import { nameParts } from './fhir-name.ts';
import {
  CONTACT_ROLE,
  concept,
  RELATED_PERSON,
  ROLE_CODE,
  SNOMED,
  UNKNOWN,
} from './fhir-systems.ts';
import type { FhirCoding, FhirPatientContact } from './fhir-types.ts';

const role = (code: string): FhirCoding => ({ system: ROLE_CODE, code });

const NEXT_OF_KIN = concept({ system: CONTACT_ROLE, code: 'N' });
const CONTACT_PERSON = concept({ system: CONTACT_ROLE, code: 'CP' });

/** Null: HL7 has no code for it (its `WARD` is of insurance), and the words have to do. */
const CODE_OF: Readonly<Record<RelationKind, FhirCoding | null>> = {
  child: role('CHILD'),
  mother: role('MTH'),
  father: role('FTH'),
  parent: role('PRN'),
  custodian: role('GUARD'),
  'custody-of': null,
  spouse: role('SPS'),
  partner: role('SIGOTHR'),
};

/** Custody is a duty by law, and not a kinship. */
const IS_CUSTODY: ReadonlySet<RelationKind> = new Set(['custodian', 'custody-of']);

/** The words of mappings/pu.json; for a word that is not here the word has to do. A god man is no guardian in HL7's sense: PU's own code says what it is. */
const CODE_OF_WORD: ReadonlyMap<string, FhirCoding> = new Map([
  ['spouse', role('SPS')],
  ['cohabitant', role('DOMPART')],
  ['child', role('CHILD')],
  ['sibling', role('SIB')],
  ['mother', role('MTH')],
  ['father', role('FTH')],
  ['custodian', role('GUARD')],
  ['friend', role('FRND')],
  ['god-man', { system: SNOMED, code: '54056000' }],
]);

/**
 * A relation of the population register. Most often nothing but a number is known: it stands in R4's extension for the related person, as a reference that
 * has an identifier and leads to no resource.
 */
export function relationContact({ kind, identity, name, from, to }: Relation): FhirPatientContact {
  const relationship = concept(CODE_OF[kind] ?? undefined, kind);
  return {
    ...(identity && {
      extension: [
        {
          url: RELATED_PERSON,
          valueReference: { type: 'RelatedPerson', identifier: fhirIdentifier(identity) },
        },
      ],
    }),
    relationship: IS_CUSTODY.has(kind) ? [relationship] : [NEXT_OF_KIN, relationship],
    name: (name && nameParts(name)) ?? UNKNOWN,
    ...((from ?? to) && {
      period: { ...(from && { start: from.value }), ...(to && { end: to.value }) },
    }),
  };
}

/** A contact person: whom the person has named. */
export function contactPersonContact({
  relationship,
  name,
  contacts,
}: ContactPerson): FhirPatientContact {
  return {
    relationship: [CONTACT_PERSON, concept(CODE_OF_WORD.get(relationship), relationship)],
    name: nameParts(name) ?? UNKNOWN,
    ...(contacts.length > 0 && { telecom: contacts.map(fhirContactPoint) }),
  };
}
