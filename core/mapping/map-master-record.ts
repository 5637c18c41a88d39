import type { AdministrativeAreas } from '../person/administrative-area.ts';
import type { IdentityClassifier } from '../person/classify-identity.ts';
import { type Identity, OID_PNR, OID_SNR, type Oid } from '../person/person-identifier.ts';
import type { SourceMessage, SourceRow } from '../sync/source-record.ts';
import { createChildMapper } from './map-master-children.ts';
import type { MasterMapping } from './master-mapping.ts';
import type { Deregistration, Locality, PersonEvidence, StatedLink } from './person-evidence.ts';
import { type Rejection, RowReader, rowRules } from './row-reader.ts';

/** What became of one source message. Every outcome is expected; nothing is thrown. */
export type MappingResult =
  | { readonly kind: 'mapped'; readonly evidence: PersonEvidence }
  | { readonly kind: 'removed'; readonly identity: Identity }
  | Rejection;

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
  const areaIsPlace = mapping.reserveNumberAreaIsPlace ?? false;
  const children = createChildMapper(mapping);

  return {
    map(message) {
      if (message.operation === 'refused') {
        return { kind: 'rejected', code: message.code, field: null };
      }
      const reader = new RowReader();
      const isRemoval = message.operation === 'removed';
      reader.read(message.person, isRemoval ? keyRules : personRules);
      const identity = readIdentity(reader, 'identityType', 'identity');
      if (identity === null) {
        return (
          reader.rejection ?? {
            kind: 'rejected',
            code: 'HUB_PERSON_REQUIRED_MISSING',
            field: 'identity',
          }
        );
      }
      if (isRemoval) return reader.rejection ?? { kind: 'removed', identity };
      const evidence = readPerson(reader, identity, message.children);
      return reader.rejection ?? { kind: 'mapped', evidence };
    },
  };

  function readPerson(
    reader: RowReader,
    identity: Identity,
    childRows: Readonly<Record<string, readonly SourceRow[]>>,
  ): PersonEvidence {
    return {
      identity,
      name: {
        givenName: reader.text('givenName'),
        givenNameIndicator: readGivenNameIndicator(reader),
        middleName: reader.text('middleName'),
        surname: reader.text('surname'),
        notificationName: reader.text('notificationName'),
      },
      sex: reader.code('sex', sexes) ?? 'unknown',
      birthDate: reader.date('birthDate'),
      protectedPerson: reader.flag('protectedPerson'),
      protectedPopulationRecord: reader.flag('protectedPopulationRecord'),
      deregistration: readDeregistration(reader),
      maritalStatus: reader.code('maritalStatus', maritalStatuses),
      locality: readLocality(reader, identity.root),
      links: readLinks(reader, identity),
      testPerson: reader.flag('testPerson'),
      // Last, since the reader turns to other rows.
      ...children.read(reader, childRows),
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

  function readDeregistration(reader: RowReader): Deregistration | null {
    const reason = reader.code('deregistrationReason', deregistrationReasons);
    const date = reader.date('deregistrationDate');
    const foundDeadAt = reader.date('foundDeadDate');
    if (reason !== null) return { reason, date, foundDeadAt };
    // Without a reason the date would be lost, and with it that the person is deregistered.
    if (date !== null || foundDeadAt !== null) {
      reader.reject('HUB_PERSON_REQUIRED_MISSING', 'deregistrationReason');
    }
    return null;
  }

  function readLocality(reader: RowReader, root: Oid): Locality | null {
    const isReserveNumber = root !== OID_PNR && root !== OID_SNR;
    const propertyDesignation = reader.text('propertyDesignation');
    const registrationDate = reader.date('registrationDate');
    const parish = reader.text('parishCode');
    const area = areas.resolve(reader.value('countyCode'), reader.value('municipalityCode'));
    let countyCode: string | null = null;
    let municipalityCode: string | null = null;
    let parishCode: string | null = null;
    if (!isReserveNumber && area.kind === 'unknown') reader.unknownCode(area.field);
    // On a reserve number the codes may say who pays; they are a place only when they are real and the mapping says so.
    if (area.kind === 'area' && (!isReserveNumber || areaIsPlace)) {
      ({ countyCode, municipalityCode } = area);
      parishCode = parish;
    }
    if (
      countyCode === null &&
      municipalityCode === null &&
      parishCode === null &&
      propertyDesignation === null &&
      registrationDate === null
    ) {
      return null;
    }
    return { countyCode, municipalityCode, parishCode, propertyDesignation, registrationDate };
  }

  function readLinks(reader: RowReader, identity: Identity): readonly StatedLink[] {
    const linked = readIdentity(reader, 'linkedIdentityType', 'linkedIdentity');
    if (linked === null) return [];
    // A record that refers to itself says nothing.
    if (linked.root === identity.root && linked.extension === identity.extension) return [];
    return [{ kind: 'referred', identity: linked }];
  }
}

const GIVEN_NAME_INDICATOR = /^[1-9]\d$/;

/** 0 and 00 are how registers write that no name is marked. */
function readGivenNameIndicator(reader: RowReader): number | null {
  const value = reader.value('givenNameIndicator');
  if (value === null || value === '0' || value === '00') return null;
  return GIVEN_NAME_INDICATOR.test(value)
    ? Number(value)
    : reader.unknownCode('givenNameIndicator');
}
