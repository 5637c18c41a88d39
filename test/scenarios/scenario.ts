import { z } from 'zod';
import {
  parsePosition,
  type SourceMessage,
  type SourceRow,
} from '../../core/sync/source-record.ts';
import { ADDRESS_ROW, CONTACT_ROW, PERSON_ROW } from '../core/mapping/master-row-builder.ts';

const ROW = z.record(z.string(), z.string().nullable());

const STEP = z.strictObject({
  /** What happened in Master, for the reader. */
  says: z.string().min(5),
  operation: z.enum(['upsert', 'removed', 'refused']).default('upsert'),
  /** Why the source connector passed on nothing but the key. Goes with `refused`. */
  code: z.enum(['HUB_MASTER_ROW_TOO_LARGE', 'HUB_MASTER_DUPLICATE_KEY']).optional(),
  /** `epoch:version` in Master. */
  position: z.string(),
  /** How the person's row differs from the ordinary resident's. */
  person: ROW.default({}),
  /** How each row differs from the ordinary resident's. Absent: that resident's own rows. */
  children: z
    .strictObject({ addresses: z.array(ROW), contacts: z.array(ROW) })
    .partial()
    .default({}),
});

const SCENARIO = z.strictObject({
  title: z.string().min(10),
  /** Why it matters, for somebody who knows the registers. */
  why: z.string().min(20),
  given: z.array(STEP).min(1),
});

/** One record of Master. */
export type Step = z.infer<typeof STEP>;
export type Scenario = z.infer<typeof SCENARIO>;

export function readScenario(text: string): Scenario {
  return SCENARIO.parse(JSON.parse(text));
}

/** The record as the source connector would send it: the whole row, children with the key of their person. */
export function toSourceMessage({
  operation,
  code,
  position,
  person,
  children,
}: Step): SourceMessage {
  const at = parsePosition(position);
  if (at === undefined) throw new Error('A position has the form epoch:version.');
  const row: SourceRow = { ...PERSON_ROW, ...person };
  const { identityType = null, identity = null } = row;
  const key = { identityType, identity };
  const common = {
    source: 'master',
    position: at,
    snapshot: false,
    readAt: '2026-01-01T00:00:00Z',
  } as const;
  if (operation === 'removed') return { ...common, operation, person: key };
  if (operation === 'refused') {
    if (code === undefined) throw new Error('What is refused is refused under a code.');
    return { ...common, operation, code, person: key };
  }
  const { addresses = [{}], contacts = [{}] } = children;
  return {
    ...common,
    operation,
    person: row,
    children: {
      addresses: addresses.map((own) => ({ ...ADDRESS_ROW, ...key, ...own })),
      contacts: contacts.map((own) => ({ ...CONTACT_ROW, ...key, ...own })),
    },
  };
}
