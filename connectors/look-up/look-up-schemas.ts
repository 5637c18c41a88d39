import { z } from 'zod';

/** Of one call (issue 8 point 6). */
export const MOST_IDENTITIES = 500;

const identity = z
  .strictObject({
    root: z
      .string()
      .max(100)
      .regex(/^[0-2](?:\.(?:0|[1-9]\d*))+$/)
      .describe('Object identifier of the kind of number, such as 1.2.752.129.2.1.3.1'),
    extension: z.string().min(1).max(64).describe('The number'),
  })
  .meta({ id: 'Identity' });

/** The bodies that callers send. Values of them are never repeated in an answer. */
export const IDENTITIES_BODY = z
  .strictObject({ identities: z.array(identity).min(1).max(MOST_IDENTITIES) })
  .meta({ id: 'Identities' });

export const LETTER_BODY = z
  .strictObject({
    letterNeededToo: z
      .boolean()
      .default(false)
      .describe('The unit judges that a letter is needed as well, whatever the person prefers'),
  })
  .meta({ id: 'LetterQuestion' });

export const ACK_BODY = z
  .strictObject({
    by: z
      .string()
      .regex(/^[\w.:-]{1,80}$/)
      .describe('Which part of the system forgot, as the consumer names it: never a person'),
  })
  .meta({ id: 'PurgeAcknowledgement' });

const partialDate = z
  .strictObject({ precision: z.enum(['year', 'month', 'day']), value: z.string() })
  .meta({ id: 'PartialDate' });
const text = z.string().nullable();
const date = partialDate.nullable();

const shortName = z.strictObject({ givenName: text, middleName: text, surname: text });
const goldenIdentity = z.strictObject({
  root: z.string(),
  extension: z.string(),
  type: z.enum(['LRID', 'NRID', 'SNR', 'PNR']),
  main: z.boolean().describe('The one that the consumer wants to know the person by'),
});
const relation = z
  .strictObject({
    kind: z.enum([
      'child',
      'mother',
      'father',
      'parent',
      'custodian',
      'custody-of',
      'spouse',
      'partner',
    ]),
    identity: z.strictObject({ root: z.string(), extension: z.string() }).nullable(),
    birthDate: date,
    name: shortName.nullable(),
    from: date,
    to: date,
  })
  .meta({ id: 'Relation' });

/** A field that is not there is not in the profile; null says that nobody knows it. */
const common = {
  identities: z.array(goldenIdentity),
  testPerson: z.boolean(),
  name: z
    .strictObject({
      givenName: text,
      givenNameIndicator: z.number().int().nullable(),
      middleName: text,
      surname: text,
      notificationName: text,
    })
    .optional(),
  sex: z.enum(['male', 'female', 'unknown', 'not-applicable']).optional(),
  birthDate: date.optional(),
  deregistration: z
    .strictObject({
      reason: z.enum(['AV', 'UV', 'GN', 'AN', 'FI', 'OB', 'TA']),
      date,
      foundDeadAt: date,
    })
    .nullable()
    .optional(),
};

const person = z
  .strictObject({
    ...common,
    maritalStatus: z.enum(['OG', 'G', 'Ä', 'S', 'RP', 'SP', 'EP']).nullable().optional(),
    membership: z
      .strictObject({
        level: z.enum(['municipality', 'county']),
        countyCode: z.string(),
        municipalityCode: text,
        reason: z.enum(['registered', 'protected-county-only']),
        from: date,
      })
      .nullable()
      .optional(),
    parishCode: text.optional(),
    propertyDesignation: text.optional(),
    addresses: z
      .array(
        z.strictObject({
          kind: z.enum(['residential', 'special-postal', 'given', 'abroad']),
          careOf: text,
          lines: z.array(z.string()),
          postalCode: text,
          city: text,
          country: text,
        }),
      )
      .optional(),
    contacts: z
      .array(
        z.strictObject({
          channel: z.enum(['phone', 'mobile', 'email']),
          value: z.string(),
          consent: z.literal('shared').nullable(),
          digitalNotification: z.boolean().optional(),
        }),
      )
      .optional(),
    relations: z.array(relation).optional(),
    contactPersons: z
      .array(
        z.strictObject({
          relationship: z.string(),
          priority: z.number().int().nullable(),
          name: shortName,
          contacts: z.array(
            z.strictObject({ channel: z.enum(['phone', 'mobile', 'email']), value: z.string() }),
          ),
        }),
      )
      .optional(),
  })
  .meta({ id: 'Person' });

const protectedPerson = z
  .strictObject({
    ...common,
    protectedPerson: z.boolean(),
    protectedPopulationRecord: z.boolean(),
    membership: z
      .strictObject({
        level: z.literal('county'),
        countyCode: z.string(),
        reason: z.literal('protected-county-only'),
        from: date,
      })
      .nullable()
      .optional(),
  })
  .describe('The masked record: it has no place for address, municipality, contacts or relations')
  .meta({ id: 'ProtectedPerson' });

const instant = z.string().describe('ISO 8601, UTC');
const uuid = z.string().regex(/^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);

const freshness = z
  .strictObject({
    at: instant,
    sources: z.array(
      z.strictObject({
        name: z.enum(['master', 'pu']),
        state: text.describe('null: no instance reads it now'),
        position: text.describe('epoch:version; PU has none'),
        currentAsOf: instant.nullable().describe('everything up to here is read'),
      }),
    ),
  })
  .describe('How old is what the hub answers from')
  .meta({ id: 'Freshness' });

const head = { logId: uuid.describe('Of the line in the access log'), freshness };

const told = {
  source: z.enum(['hub', 'pu-now']).nullable().describe('pu-now: PU was asked just now'),
  personKey: uuid.nullable(),
  version: z.number().int().nullable(),
  kind: z.enum(['person', 'protected-person']).optional(),
  person: z.union([person, protectedPerson]).optional(),
  patient: z.looseObject({ resourceType: z.literal('Patient') }).optional(),
};

const lookUpResult = z
  .strictObject({
    identity: z.strictObject({ root: z.string(), extension: z.string() }),
    status: z.enum([
      'found',
      'not-disclosed',
      'invalid',
      'unknown',
      'unknown-to-pu',
      'unknown-not-checked',
    ]),
    ...told,
  })
  .meta({ id: 'LookUpResult' });

const ageSeconds = z.number().int().nullable();

/** The bodies that are answered. */
export const ANSWERS = {
  lookUp: z
    .strictObject({ ...head, results: z.array(lookUpResult) })
    .describe('One result for each identity, in the order of asking')
    .meta({ id: 'LookUpAnswer' }),
  person: z
    .strictObject({ ...head, status: z.literal('found'), ...told })
    .meta({ id: 'PersonAnswer' }),
  relations: z
    .strictObject({
      ...head,
      personKey: uuid,
      status: z.enum(['answered', 'protected', 'not-available']),
      source: z.enum(['pu-now', 'stored']).nullable(),
      asOf: instant.nullable(),
      ageSeconds,
      relations: z.array(relation),
    })
    .meta({ id: 'RelationsAnswer' }),
  letterChannel: z
    .strictObject({
      ...head,
      personKey: uuid,
      source: z.enum(['pu-now', 'stored']),
      asOf: instant.nullable(),
      ageSeconds,
      channels: z.array(z.enum(['paper', 'digital'])),
      because: z.string(),
      lacksAddress: z.boolean(),
      address: z
        .enum(['residential', 'special-postal', 'given', 'abroad', 'forwarding-by-skatteverket'])
        .nullable(),
      addressKindOrder: z.array(z.enum(['residential', 'special-postal', 'given', 'abroad'])),
    })
    .meta({ id: 'LetterChannelAnswer' }),
  acknowledged: z
    .strictObject({ ...head, outcome: z.enum(['acknowledged', 'already']) })
    .meta({ id: 'AcknowledgedAnswer' }),
  list: z
    .strictObject({
      ...head,
      results: z.array(
        z.strictObject({
          identity: z.strictObject({ root: z.string(), extension: z.string() }),
          outcome: z.enum(['added', 'already', 'removed', 'absent', 'unknown', 'invalid']),
          why: z
            .enum([
              'unknown',
              'unknown-to-pu',
              'unknown-not-checked',
              'not-disclosed',
              'not-published',
              'pending',
              'invalid',
            ])
            .optional()
            .describe('Why the person is not delivered'),
        }),
      ),
    })
    .meta({ id: 'ListAnswer' }),
  error: z
    .strictObject({
      logId: uuid.nullable(),
      code: z.string(),
      happened: z.string(),
      next: z.string(),
      details: z
        .array(z.strictObject({ path: z.string(), problem: z.string() }))
        .optional()
        .describe('Places in the request; values are never repeated'),
    })
    .meta({ id: 'Error' }),
};
