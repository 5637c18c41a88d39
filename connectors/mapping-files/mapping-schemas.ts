/** The shape of the mapping files. What spans several fields is checked beside this file, in `check-….ts`. */
import { z } from 'zod';
import type { MasterMapping } from '../../core/mapping/master-mapping.ts';
import { RELATION_KINDS } from '../../core/mapping/person-evidence.ts';
import type { PullProfile, PuMapping } from '../../core/mapping/pu-mapping.ts';
import type { County, Municipality } from '../../core/person/administrative-area.ts';
import { type Oid, parseOid } from '../../core/person/person-identifier.ts';
import type { ReserveNumberFormat } from '../../core/person/reserve-number-format.ts';
import type { Report } from './mapping-problem.ts';

export const filled = z.string().regex(/^\S(?:.*\S)?$/, 'is empty or has blanks around it');

const oid = z.string().transform((text, context): Oid => {
  const parsed = parseOid(text);
  if (parsed !== undefined) return parsed;
  context.addIssue({ code: 'custom', message: 'is not an OID in dotted form' });
  return z.NEVER;
});

const pattern = z.string().superRefine((source, context) => {
  if (!compiles(source))
    context.addIssue({ code: 'custom', message: 'is not a regular expression' });
});

function compiles(source: string): boolean {
  try {
    new RegExp(source);
    return true;
  } catch {
    return false;
  }
}

const columnMapping = z.strictObject({
  column: filled,
  type: z.enum(['text', 'number', 'date', 'datetime', 'flag']),
  required: z.boolean().exactOptional(),
  sqlType: filled.exactOptional(),
});

const tableMapping = z.strictObject({
  schema: filled,
  table: filled,
  key: z.array(filled).nonempty('is empty'),
  rowVersion: filled.exactOptional(),
  columns: z.record(z.string(), columnMapping),
});

const codes = <const T extends string>(values: readonly T[]) => z.record(filled, z.enum(values));

const DEREGISTRATION_REASONS = ['AV', 'UV', 'GN', 'AN', 'FI', 'OB', 'TA'] as const;
const MARITAL_STATUSES = ['OG', 'G', 'Ä', 'S', 'RP', 'SP', 'EP'] as const;
const SEXES = ['male', 'female', 'unknown', 'not-applicable'] as const;

const masterMapping = z.strictObject({
  version: z.int().positive(),
  person: tableMapping,
  children: z.array(tableMapping.extend({ name: filled })),
  identityTypes: z.record(filled, z.union([z.literal('classify'), oid])),
  reserveNumberAreaIsPlace: z.boolean().default(false),
  codes: z.strictObject({
    sex: codes(SEXES),
    deregistrationReason: codes(DEREGISTRATION_REASONS),
    maritalStatus: codes(MARITAL_STATUSES),
    addressKind: codes(['residential', 'special-postal', 'given', 'abroad']),
    contactChannel: codes(['phone', 'mobile', 'email']),
    contactConsent: codes(['shared', 'this-care-giver', 'no']),
  }),
}) satisfies z.ZodType<MasterMapping>;

export const twoDigits = z.string().regex(/^\d{2}$/, 'is not two digits');

/** All pulls say equally much of a person: evidence with fewer fields would erase the rest. */
const atLeastP4 = z.custom<PullProfile>(
  (value) => value === 'P4' || value === 'P5',
  'is not P4 or P5: a profile below P4 would erase what another pull has read',
);
const onlyP5 = z.custom<'P5'>(
  (value) => value === 'P5',
  'is not P5: only P5 has where somebody lived before',
);

const word = z.string().regex(/^[a-z]+(?:-[a-z]+)*$/, 'is not a word of small letters and hyphens');

const puMapping = z.strictObject({
  version: z.int().positive(),
  pulls: z.strictObject({
    'own-region': z.strictObject({ profile: atLeastP4, splitByMunicipality: z.array(twoDigits) }),
    'known-elsewhere': z.strictObject({ profile: atLeastP4 }),
    'reserve-identities': z.strictObject({ profile: atLeastP4, roots: z.array(oid) }),
    'moved-out': z.strictObject({ profile: onlyP5 }),
  }),
  askableRoots: z.array(oid).nonempty('is empty'),
  reserveNumberAreaIsPlace: z.boolean().default(false),
  codes: z.strictObject({
    gender: codes(SEXES),
    deregistrationReason: codes(DEREGISTRATION_REASONS),
    maritalStatus: codes(MARITAL_STATUSES),
    identityStatus: codes(['active', 'dormant', 'deregistered']),
    identityStatusCause: codes(DEREGISTRATION_REASONS),
    referredIdentityStatus: codes(['current', 'ended']),
    contactType: codes(['phone', 'mobile', 'email', 'none']),
    relationType: codes(RELATION_KINDS),
    relationStatus: codes(['current', 'ended']),
    contactPersonRelationship: z.record(word, z.array(filled)),
  }),
}) satisfies z.ZodType<PuMapping>;

const position = z.int().min(1).max(32);

const reserveNumberFormat = z.strictObject({
  key: z.string().regex(/^[A-Z][A-Z0-9]{0,11}$/, 'is not 1 to 12 capital letters and digits'),
  name: filled,
  root: oid.nullable(),
  pattern: pattern.nullable(),
  letters: z.enum(['never', 'always', 'sometimes']),
  caseSensitive: z.boolean(),
  hyphenBeforeLastFour: z.boolean(),
  calendarDateAt: position.nullable(),
  checkDigit: z
    .strictObject({
      algorithm: z.literal('luhn'),
      from: position,
      to: position,
      at: position,
      letterValues: z.record(z.string().regex(/^[A-Z]$/), z.int().min(0).max(9)),
    })
    .nullable(),
  derives: z.strictObject({
    birthDate: pattern.nullable(),
    male: pattern.nullable(),
    female: pattern.nullable(),
  }),
  withdrawn: z.boolean(),
  source: filled,
  note: filled.exactOptional(),
}) satisfies z.ZodType<ReserveNumberFormat>;

const reserveNumberFormats = z.strictObject({
  version: z.int().positive(),
  formats: z.array(reserveNumberFormat),
});

const county = z.strictObject({
  code: twoDigits,
  name: filled,
}) satisfies z.ZodType<County>;

const municipality = z.strictObject({
  code: z.string().regex(/^\d{4}$/, 'is not four digits'),
  name: filled,
  county: twoDigits,
}) satisfies z.ZodType<Municipality>;

const region = z.strictObject({
  name: filled,
  homeCounties: z.array(twoDigits).min(1),
});

/** A shape to read a parsed file, or one row of it, into. */
export interface Shape<T> {
  /** @returns undefined after every fault was reported. */
  read(value: unknown, report: Report): T | undefined;
}

export const MASTER_MAPPING: Shape<MasterMapping> = shape(masterMapping);
export const PU_MAPPING: Shape<PuMapping> = shape(puMapping);
export const RESERVE_NUMBER_FORMATS: Shape<{ readonly formats: readonly ReserveNumberFormat[] }> =
  shape(reserveNumberFormats);
export const COUNTY: Shape<County> = shape(county);
export const MUNICIPALITY: Shape<Municipality> = shape(municipality);
export const REGION_SHAPE: Shape<z.infer<typeof region>> = shape(region);

/** Faults in our own words, with the path in the file. */
export function shape<T>(schema: z.ZodType<T>): Shape<T> {
  return {
    read(value, report) {
      const parsed = schema.safeParse(value);
      if (parsed.success) return parsed.data;
      for (const issue of parsed.error.issues) report(printPath(issue.path), printIssue(issue));
      return undefined;
    },
  };
}

function printPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}

/** Our own words for zod's findings: its messages quote values and have characters that are not log-safe. */
function printIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `is not of type ${issue.expected}`;
    case 'invalid_value':
      return `is not one of ${issue.values.map(String).join(', ')}`;
    case 'unrecognized_keys':
      return `has unknown keys ${issue.keys.join(', ')}`;
    case 'invalid_union':
      if ('options' in issue && issue.options !== undefined) {
        return `is not one of ${issue.options.map(String).join(', ')}`;
      }
      return 'is neither an OID in dotted form nor classify';
    case 'too_small':
    case 'too_big':
      return 'is outside its range';
    case 'invalid_key':
    case 'invalid_element':
      return 'has a key or value that is not allowed';
    case 'not_multiple_of':
      return 'is not a whole number';
    case 'invalid_format':
    case 'custom':
      return issue.message;
  }
}
