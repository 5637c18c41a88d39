import type { AccessedPerson, AccessLogCall } from '../../core/disclosure/look-up-ports.ts';
import { type Identity, identityText, type Oid } from '../../core/person/person-identifier.ts';
import { type SqlRunner, statement } from './database.ts';
import type { PayloadCipher } from './payload-cipher.ts';

/** How often something was answered in a span of days. */
export interface AccessLogCount {
  /** Null: nobody knows who called. */
  readonly systemId: string | null;
  readonly activity: string;
  /** `answered`, or the code of the refusal. */
  readonly outcome: string;
  readonly calls: number;
  /** Persons in those calls, each as often as it was asked for. */
  readonly persons: number;
  readonly users: number;
}

/** What stands for a person in the report that a patient may ask for. */
export interface LoggedAccess {
  readonly logId: string;
  readonly patient: Identity | null;
}

/** All rows of a call in one statement, so that they are there together or not at all. Empty text stands for none. */
const APPEND = statement(
  'append-access-log',
  `INSERT INTO access_log (log_id, resource, system_id, activity_type, activity_args, start_date, purpose, user_id, assignment,
     care_provider, care_unit, outcome, credential_id, certificate_fingerprint, tls_version, tls_cipher,
     resource_type, resource_care_provider, person_key, patient, patient_hash, fields, person_outcome, origin)
   SELECT $1::uuid, p.place - 1, $2::text, $3::text, $4::text, to_timestamp($5::double precision / 1000), $6::text, $7::text, $8::text,
     $9::text, $10::text, $11::text, $12::uuid, $13::text, $14::text, $15::text,
     CASE WHEN p.outcome <> '' THEN 'Personuppgifter' END, CASE WHEN p.outcome <> '' THEN $9::text END,
     nullif(p.person_key, '')::uuid, decode(nullif(p.patient, ''), 'hex'), nullif(p.hash, ''),
     coalesce(string_to_array(nullif(p.fields, ''), ','), '{}'), nullif(p.outcome, ''), nullif(p.origin, '')
   FROM unnest($16::text[], $17::text[], $18::text[], $19::text[], $20::text[], $21::text[])
     WITH ORDINALITY AS p (person_key, patient, hash, fields, outcome, origin, place)`,
);

const COUNTS = statement<{
  system_id: string | null;
  activity_args: string;
  outcome: string;
  calls: string;
  persons: string;
  users: string;
}>(
  'count-access-log',
  `SELECT system_id, activity_args, outcome, count(DISTINCT log_id) AS calls, count(person_outcome) AS persons, count(DISTINCT user_id) AS users
   FROM access_log WHERE recorded_at >= to_timestamp($1::double precision / 1000)
   GROUP BY system_id, activity_args, outcome ORDER BY system_id NULLS FIRST, activity_args, outcome`,
);

const OF_PATIENT = statement<{ log_id: string; resource: string; patient: string | null }>(
  'access-log-of-patient',
  `SELECT log_id, resource, encode(patient, 'hex') AS patient FROM access_log WHERE patient_hash = $1 ORDER BY recorded_at, resource`,
);

/**
 * The access log (HSLF-FS 2016:40 4 kap. 9 §): which system, user and unit saw what of whom, when and why. Append only: the tables refuse
 * UPDATE, DELETE and TRUNCATE. Their owner can still switch the triggers off, or detach or drop a month.
 */
export class AccessLog {
  readonly #runner: SqlRunner;
  readonly #cipher: PayloadCipher;

  constructor(runner: SqlRunner, cipher: PayloadCipher) {
    this.#runner = runner;
    this.#cipher = cipher;
  }

  /**
   * Writes a call with its persons. It is committed when this resolves.
   * @param hashOf keyed hash of an identity, by which the rows of a patient are found.
   */
  async append(
    call: AccessLogCall,
    persons: readonly AccessedPerson[],
    hashOf: (identity: Identity) => string,
  ): Promise<void> {
    const { user } = call;
    const rows = persons.length === 0 ? [NOBODY] : persons;
    await this.#runner.execute(APPEND, [
      call.logId,
      call.systemId,
      call.activityType,
      call.activityArgs,
      call.startedAt,
      user?.purpose ?? null,
      user?.userId ?? null,
      user?.assignment ?? null,
      call.careProvider,
      user?.careUnit ?? null,
      call.outcome,
      call.credentialId,
      call.certificateFingerprint,
      call.tlsVersion,
      call.tlsCipher,
      rows.map(({ personKey }) => personKey ?? ''),
      rows.map(({ patient }, place) =>
        patient === null ? '' : this.#seal(patient, placeOf(call.logId, place)),
      ),
      rows.map(({ patient }) => (patient === null ? '' : hashOf(patient))),
      rows.map(({ fields }) => fields.join(',')),
      rows.map(({ outcome }) => outcome),
      rows.map(({ origin }) => origin ?? ''),
    ]);
  }

  /** What was called since then, by system, activity and outcome. @param since milliseconds since 1970. */
  async counts(since: number): Promise<readonly AccessLogCount[]> {
    return (await this.#runner.query(COUNTS, [since])).map((row) => ({
      systemId: row.system_id,
      activity: row.activity_args,
      outcome: row.outcome,
      calls: Number(row.calls),
      persons: Number(row.persons),
      users: Number(row.users),
    }));
  }

  /** The rows about a patient, oldest first, with the identity in clear text. @param patientHash see {@link append}. */
  async ofPatient(patientHash: string): Promise<readonly LoggedAccess[]> {
    return (await this.#runner.query(OF_PATIENT, [patientHash])).map((row) => ({
      logId: row.log_id,
      patient:
        row.patient === null
          ? null
          : this.#open(row.patient, placeOf(row.log_id, Number(row.resource))),
    }));
  }

  #seal(identity: Identity, place: string): string {
    const sealed = this.#cipher.encrypt(Buffer.from(identityText(identity)), place);
    return Buffer.from(sealed).toString('hex');
  }

  #open(sealed: string, place: string): Identity {
    const text = Buffer.from(this.#cipher.decrypt(Buffer.from(sealed, 'hex'), place)).toString();
    const [root = '', ...extension] = text.split('|');
    return { root: root as Oid, extension: extension.join('|') };
  }
}

/** A call about nobody has one row as well. */
const NOBODY: AccessedPerson = {
  personKey: null,
  patient: null,
  fields: [],
  outcome: '',
  origin: null,
};

function placeOf(logId: string, resource: number): string {
  return `access log ${logId} ${resource}`;
}
