import type { AdministrativeAreas } from '../person/administrative-area.ts';
import type { IdentityClassifier } from '../person/classify-identity.ts';
import type { Identity } from '../person/person-identifier.ts';
import type { SourceMessage, SourceRow } from '../sync/source-record.ts';
import { createChildMapper } from './map-master-children.ts';
import type { MappingResult } from './mapping-result.ts';
import type { MasterMapping } from './master-mapping.ts';
import type { PersonEvidence, StatedLink } from './person-evidence.ts';
import { readProtection, rejectedRecord } from './raised-protection.ts';
import { readDeregistration, readLocality, readName } from './read-person-fields.ts';
import { RowReader, rowRules } from './row-reader.ts';

/** What a region's Master is mapped with. */
export interface MasterMappingRules {
  readonly mapping: MasterMapping;
  readonly classifier: IdentityClassifier;
  readonly areas: AdministrativeAreas;
}

export interface MasterMapper {
  /**
   * The evidence is canonical: the same content gives the same JSON text, whatever the order in which rows and columns were read,
   * since its hash decides whether something changed.
   */
  map(message: SourceMessage): MappingResult;
}

/** What only PU states, and what no mapper does. */
const NOT_IN_MASTER = {
  relations: [],
  contactPersons: [],
  paperOptOut: null,
  protectedSince: null,
} satisfies Partial<PersonEvidence>;

/** Runs for every record: tables and lists are prepared here, once. */
export function createMasterMapper(rules: MasterMappingRules): MasterMapper {
  const { mapping, classifier, areas } = rules;
  const personRules = rowRules(mapping.person, '');
  const keyRules = {
    prefix: '',
    required: personRules.required.filter((field) => mapping.person.key.includes(field)),
  };
  const identityTypes = new Map(Object.entries(mapping.identityTypes));
  const sexes = new Map(Object.entries(mapping.codes.sex));
  const deregistrationReasons = new Map(Object.entries(mapping.codes.deregistrationReason));
  const maritalStatuses = new Map(Object.entries(mapping.codes.maritalStatus));
  const areaRules = {
    areas,
    reserveNumberAreaIsPlace: mapping.reserveNumberAreaIsPlace ?? false,
  };
  const children = createChildMapper(mapping);

  return {
    map(message) {
      // Master is read, not asked: only PU can say that it does not know somebody.
      if (message.operation === 'unknown') {
        return { kind: 'rejected', code: 'HUB_SYNC_RAW_UNREADABLE', field: null };
      }
      const reader = new RowReader();
      const isWhole = message.operation === 'upsert';
      reader.read(message.person, isWhole ? personRules : keyRules);
      const identity = readIdentity(reader, 'identityType', 'identity');
      if (message.operation === 'refused') {
        return rejectedRecord(
          { kind: 'rejected', code: message.code, field: null },
          identity && { identity, ...readProtection(reader) },
        );
      }
      if (identity === null) {
        return (
          reader.rejection ?? {
            kind: 'rejected',
            code: 'HUB_PERSON_REQUIRED_MISSING',
            field: 'identity',
          }
        );
      }
      if (message.operation === 'removed') {
        return reader.rejection ?? { kind: 'removed', identity };
      }
      const evidence = readPerson(reader, identity, message.children);
      return reader.rejection === undefined
        ? { kind: 'mapped', evidence }
        : rejectedRecord(reader.rejection, evidence);
    },
  };

  function readPerson(
    reader: RowReader,
    identity: Identity,
    childRows: Readonly<Record<string, readonly SourceRow[]>>,
  ): PersonEvidence {
    return {
      identity,
      name: readName(reader),
      sex: reader.code('sex', sexes) ?? 'unknown',
      birthDate: reader.date('birthDate'),
      ...readProtection(reader),
      deregistration: readDeregistration(reader, deregistrationReasons),
      maritalStatus: reader.code('maritalStatus', maritalStatuses),
      locality: readLocality(reader, identity.root, areaRules),
      links: readLinks(reader, identity),
      testPerson: reader.flag('testPerson'),
      // Last, since the reader turns to other rows.
      ...children.read(reader, childRows),
      ...NOT_IN_MASTER,
    };
  }

  /** The identity in a pair of fields: of a declared root, or classified when the source states none. */
  function readIdentity(reader: RowReader, typeField: string, field: string): Identity | null {
    const value = reader.value(field);
    if (value === null) return null;
    if (reader.value(typeField) === null) {
      return reader.reject('HUB_PERSON_REQUIRED_MISSING', typeField);
    }
    const root = reader.code(typeField, identityTypes);
    if (root === null) return null;
    if (root === 'classify') return classify(reader, field, value);
    const validation = classifier.validate(root, value);
    return validation.kind === 'valid'
      ? validation.identity
      : reader.reject('HUB_PERSON_IDENTITY_MALFORMED', field);
  }

  function classify(reader: RowReader, field: string, value: string): Identity | null {
    const classification = classifier.classify(value);
    switch (classification.kind) {
      case 'classified':
        return classification.identity;
      case 'ambiguous':
        return reader.reject('HUB_PERSON_IDENTITY_AMBIGUOUS', field);
      case 'unclassified':
        return reader.reject(
          classification.reason === 'root-not-configured'
            ? 'HUB_PERSON_IDENTITY_ROOT_NOT_CONFIGURED'
            : 'HUB_PERSON_IDENTITY_UNCLASSIFIED',
          field,
        );
    }
  }

  function readLinks(reader: RowReader, identity: Identity): readonly StatedLink[] {
    const linked = readIdentity(reader, 'linkedIdentityType', 'linkedIdentity');
    if (linked === null) return [];
    // A record that refers to itself says nothing.
    if (linked.root === identity.root && linked.extension === identity.extension) return [];
    return [{ kind: 'referred', identity: linked }];
  }
}
