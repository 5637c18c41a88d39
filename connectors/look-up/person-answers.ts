import type { ConsumerProfile } from '../../core/disclosure/consumer-profile.ts';
import type { DisclosedRecord } from '../../core/disclosure/delivery.ts';
import { fhirPatient } from '../../core/disclosure/fhir/fhir-patient.ts';
import type { FhirPatient } from '../../core/disclosure/fhir/fhir-types.ts';
import type { AccessedPerson } from '../../core/disclosure/look-up-ports.ts';
import type { FieldGroup } from '../../core/golden-record/golden-record.ts';
import { HIDDEN_GROUPS } from '../../core/golden-record/hidden-groups.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import type { Caller } from './caller.ts';
import type { LookUpResult } from './look-up-persons.ts';

/** How a record is told: in the hub's own fields, or as a Patient of FHIR R4. */
export type AnswerFormat = 'hub' | 'fhir-patient';

/** The part of an answer that is about one person. */
export function toldOf(result: LookUpResult, format: AnswerFormat, caller: Caller) {
  const { source, personKey, version, record } = result;
  return {
    source,
    personKey,
    version,
    ...(record !== null &&
      (format === 'hub'
        ? { kind: record.kind, person: record.person }
        : { patient: patientOf(result, record, caller) })),
  };
}

/** Stands in for the key of somebody whom the hub does not know yet; it is taken out again. */
const NO_KEY = '' as PersonKey;

/** @returns without an id and a version while the hub has no key of the person. */
export function patientOf(
  { personKey, version }: Pick<LookUpResult, 'personKey' | 'version'>,
  record: DisclosedRecord,
  { consumer: { generation } }: Caller,
): FhirPatient | Omit<FhirPatient, 'id'> {
  const delivery = { personKey: personKey ?? NO_KEY, generation, version: version ?? 0 };
  const patient = fhirPatient({ ...delivery, record });
  if (personKey !== null) return patient;
  const { id: _id, ...rest } = patient;
  return rest;
}

/** What of a result stands in the access log. */
export function accessedOf(result: LookUpResult, { consumer }: Caller): AccessedPerson {
  const { identity, status, source, personKey, record } = result;
  return {
    personKey,
    patient: identity,
    fields: record === null ? [] : groupsTold(record, consumer.profile),
    outcome: status,
    origin: source,
  };
}

const ALWAYS_TOLD: readonly FieldGroup[] = ['identities', 'protection'];

function groupsTold({ kind }: DisclosedRecord, { groups }: ConsumerProfile): readonly FieldGroup[] {
  const told = [...ALWAYS_TOLD, ...groups];
  return kind === 'person' ? told : told.filter((group) => !HIDDEN_GROUPS.has(group));
}
