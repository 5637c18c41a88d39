import type { AdministrativeAreas } from '../person/administrative-area.ts';
import type { IdentityClassifier } from '../person/classify-identity.ts';
import type { SourceMessage, SourceRow } from '../sync/source-record.ts';
import { createPuChildMapper, type PuRows } from './map-pu-children.ts';
import { createPuRelativeMapper } from './map-pu-relatives.ts';
import type { MappingResult } from './mapping-result.ts';
import type { Deregistration, PersonEvidence } from './person-evidence.ts';
import type { PuMapping } from './pu-mapping.ts';
import { PROFILE_1_FIELDS, type PuPersonField } from './pu-record.ts';
import { type RaisedProtection, readProtection, rejectedRecord } from './raised-protection.ts';
import { readDeclaredIdentity } from './read-declared-identity.ts';
import { readDeregistration, readLocality, readName } from './read-person-fields.ts';
import { type Rejection, RowReader, type RowRules } from './row-reader.ts';

/** What a region's PU is mapped with. */
export interface PuMappingRules {
  readonly mapping: PuMapping;
  readonly classifier: IdentityClassifier;
  readonly areas: AdministrativeAreas;
}

export interface PuMapper {
  /**
   * The evidence is canonical, like that of Master: the same content gives the same JSON text, whatever the order in which PU had it,
   * since its hash decides whether something changed.
   */
  map(message: SourceMessage): MappingResult;
}

/** A flag of protection that is missing must never read as "not protected"; the other flag came later and may be absent (XSD 5.0). */
const PERSON: RowRules = {
  prefix: '',
  required: ['identityRoot', 'identity', 'protectedPerson'] satisfies PuPersonField[],
};

const NO_IDENTITY: Rejection = {
  kind: 'rejected',
  code: 'HUB_PERSON_REQUIRED_MISSING',
  field: 'identity',
};

/** All that is said of an identity that PU does not know. */
const KEY: RowRules = {
  prefix: '',
  required: ['identityRoot', 'identity'] satisfies PuPersonField[],
};

/** Runs for every record: tables and lists are prepared here, once. */
export function createPuMapper({ mapping, classifier, areas }: PuMappingRules): PuMapper {
  const { codes } = mapping;
  const genders = new Map(Object.entries(codes.gender));
  const deregistrationReasons = new Map(Object.entries(codes.deregistrationReason));
  const maritalStatuses = new Map(Object.entries(codes.maritalStatus));
  const identityStatuses = new Map(Object.entries(codes.identityStatus));
  const statusCauses = new Map(Object.entries(codes.identityStatusCause));
  const areaRules = { areas, reserveNumberAreaIsPlace: mapping.reserveNumberAreaIsPlace ?? false };
  const children = createPuChildMapper(codes, classifier);
  const relatives = createPuRelativeMapper(codes, classifier);

  return {
    map(message) {
      // PU never says that somebody is gone: an identity that it does not know is a missing answer, which ends nothing and lifts nothing.
      if (message.operation === 'removed') {
        return { kind: 'rejected', code: 'HUB_SYNC_RAW_UNREADABLE', field: null };
      }
      const reader = new RowReader();
      if (message.operation === 'unknown') return readUnknown(reader, message.person);
      if (message.operation === 'refused') {
        return rejectedRecord(
          { kind: 'rejected', code: message.code, field: null },
          readRefused(reader, message.person),
        );
      }
      const evidence = readPerson(reader, message.person, message.children);
      if (evidence !== null && reader.rejection === undefined) {
        return { kind: 'mapped', evidence };
      }
      return rejectedRecord(reader.rejection ?? NO_IDENTITY, evidence);
    },
  };

  function readUnknown(reader: RowReader, person: SourceRow): MappingResult {
    reader.read(person, KEY);
    const identity = readDeclaredIdentity(reader, classifier, 'parked');
    return identity === null ? (reader.rejection ?? NO_IDENTITY) : { kind: 'unknown', identity };
  }

  function readRefused(reader: RowReader, person: SourceRow): RaisedProtection | null {
    reader.read(person, PERSON);
    const identity = readDeclaredIdentity(reader, classifier, 'parked');
    return identity && { identity, ...readProtection(reader) };
  }

  function readPerson(reader: RowReader, person: SourceRow, rows: PuRows): PersonEvidence | null {
    reader.read(person, PERSON);
    const identity = readDeclaredIdentity(reader, classifier, 'parked');
    if (identity === null) return null;
    const { protectedPerson, protectedPopulationRecord } = readProtection(reader);
    const isProtected = protectedPerson || protectedPopulationRecord;
    // What else was sent by mistake never becomes evidence, and no fault in that delays the protection.
    if (isProtected) reader.read(onlyProfile1(person), PERSON);
    return {
      identity,
      name: readName(reader),
      sex: reader.code('gender', genders) ?? 'unknown',
      birthDate: reader.date('birthDate'),
      protectedPerson,
      protectedPopulationRecord,
      deregistration: readDeregistration(reader, deregistrationReasons) ?? readStatus(reader),
      maritalStatus: reader.code('maritalStatus', maritalStatuses),
      locality: readLocality(reader, identity.root, areaRules),
      testPerson: reader.flag('testPerson'),
      paperOptOut: reader.statedFlag('optoutPaperNotification'),
      protectedSince: null,
      // Last, since the reader turns to other rows.
      links: children.readLinks(reader, rows, identity),
      addresses: isProtected ? [] : children.readAddresses(reader, rows),
      contacts: isProtected ? [] : children.readContacts(reader, rows),
      relations: isProtected ? [] : relatives.readRelations(reader, rows, identity),
      contactPersons: isProtected ? [] : relatives.readContactPersons(reader, rows),
    };
  }

  /**
   * What the status of a samordningsnummer says when no deregistration is stated. PU makes one of it since 4.7, but not always (PU-1386).
   * A number that only lies dormant deregisters nobody; that its holder died, or got another number, does.
   */
  function readStatus(reader: RowReader): Deregistration | null {
    const status = reader.code('identityStatus', identityStatuses);
    const reason = reader.code('identityStatusCause', statusCauses);
    const since = reader.date('identityStatusDate');
    const deceased = reader.date('deceasedDate');
    if (status === 'active') return null;
    if (reason === 'AV' || deceased !== null) {
      return { reason: 'AV', date: deceased, foundDeadAt: null };
    }
    if (status === 'deregistered' || reason === 'GN') {
      return { reason: reason ?? 'AN', date: since, foundDeadAt: null };
    }
    return null;
  }
}

function onlyProfile1(person: SourceRow): SourceRow {
  return Object.fromEntries(PROFILE_1_FIELDS.map((field) => [field, person[field] ?? null]));
}
