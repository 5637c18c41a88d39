import { z } from 'zod';
import { PU_CHILD_FIELDS, PU_PERSON_FIELDS } from '../../core/mapping/pu-record.ts';
import {
  parsePosition,
  type SourceMessage,
  type SourcePosition,
  type SourceRow,
} from '../../core/sync/source-record.ts';
import { ADDRESS_ROW, CONTACT_ROW, PERSON_ROW } from '../core/mapping/master-row-builder.ts';
import { PU_ADDRESS_ROW, PU_CONTACT_ROW, PU_PERSON_ROW } from '../core/mapping/pu-row-builder.ts';

const VALUE = z.string().nullable();
const ROW = z.record(z.string(), VALUE);
const rowOf = <const F extends string>(fields: readonly F[]) =>
  z.partialRecord(z.enum(fields), VALUE);

/** What every step says. */
const COMMON = {
  /** What happened in the register, for the reader. */
  says: z.string().min(5),
  operation: z.enum(['upsert', 'removed', 'refused']).default('upsert'),
  /** Why the source connector passed on nothing but the key. Goes with `refused`. */
  code: z
    .enum(['HUB_MASTER_ROW_TOO_LARGE', 'HUB_MASTER_DUPLICATE_KEY', 'HUB_PU_RECORD_TOO_LARGE'])
    .optional(),
  /** `epoch:version` in the register. */
  position: z.string(),
};

const MASTER_STEP = z.strictObject({
  ...COMMON,
  source: z.literal('master').default('master'),
  /** How the person's row differs from the ordinary resident's. */
  person: ROW.default({}),
  /** How each row differs from the ordinary resident's. Absent: that resident's own rows. */
  children: z
    .strictObject({ addresses: z.array(ROW), contacts: z.array(ROW) })
    .partial()
    .default({}),
});

const { addresses, contacts, ...OTHER_CHILDREN } = PU_CHILD_FIELDS;
/** The same in the names of `core/mapping/pu-record.ts`. Rows that the ordinary resident does not have stand in full. */
const PU_STEP = z.strictObject({
  ...COMMON,
  source: z.literal('pu'),
  person: rowOf(PU_PERSON_FIELDS).default({}),
  children: z
    .strictObject({
      addresses: z.array(rowOf(addresses)),
      contacts: z.array(rowOf(contacts)),
      linkedIdentities: z.array(rowOf(OTHER_CHILDREN.linkedIdentities)),
      referredIdentities: z.array(rowOf(OTHER_CHILDREN.referredIdentities)),
    })
    .partial()
    .default({}),
});

const SCENARIO = z.strictObject({
  title: z.string().min(10),
  /** Why it matters, for somebody who knows the registers. */
  why: z.string().min(20),
  given: z.array(z.union([PU_STEP, MASTER_STEP])).min(1),
});

type MasterStep = z.infer<typeof MASTER_STEP>;
type PuStep = z.infer<typeof PU_STEP>;
/** One record of a register. */
export type Step = MasterStep | PuStep;
export type Scenario = z.infer<typeof SCENARIO>;

export function readScenario(text: string): Scenario {
  return SCENARIO.parse(JSON.parse(text));
}

/** The fields that make the key of each source's raw topic. */
export const KEY_FIELDS = {
  master: ['identityType', 'identity'],
  pu: ['identityRoot', 'identity'],
} as const;

/** The record as the source connector would send it: the whole row, and the rows beside it. */
export function toSourceMessage(step: Step): SourceMessage {
  const { source, operation, code } = step;
  const row: SourceRow =
    source === 'pu' ? { ...PU_PERSON_ROW, ...step.person } : { ...PERSON_ROW, ...step.person };
  const key = Object.fromEntries(KEY_FIELDS[source].map((field) => [field, row[field] ?? null]));
  const common = {
    source,
    position: positionOf(step),
    snapshot: false,
    readAt: '2026-01-01T00:00:00Z',
  };
  if (operation === 'removed') return { ...common, operation, person: key };
  if (operation === 'refused') {
    if (code === undefined) throw new Error('What is refused is refused under a code.');
    return { ...common, operation, code, person: key };
  }
  const children = source === 'pu' ? puRows(step) : masterRows(step, key);
  return { ...common, operation, person: row, children };
}

function positionOf({ position }: Step): SourcePosition {
  const at = parsePosition(position);
  if (at === undefined) throw new Error('A position has the form epoch:version.');
  return at;
}

/** Children with the key of their person, as the columns of the tables are. */
function masterRows(
  { children: { addresses = [{}], contacts = [{}] } }: MasterStep,
  key: SourceRow,
) {
  return {
    addresses: addresses.map((own) => ({ ...ADDRESS_ROW, ...key, ...own })),
    contacts: contacts.map((own) => ({ ...CONTACT_ROW, ...key, ...own })),
  };
}

function puRows({ children: { addresses = [{}], contacts = [{}], ...others } }: PuStep) {
  return {
    ...others,
    addresses: addresses.map((own) => ({ ...PU_ADDRESS_ROW, ...own })),
    contacts: contacts.map((own) => ({ ...PU_CONTACT_ROW, ...own })),
  } as Readonly<Record<string, readonly SourceRow[]>>;
}
