import { z } from 'zod';
import { PHASES } from '../../core/golden-record/authority.ts';
import { DECISION_CHOICES, WORK_ITEM_KINDS } from '../../core/identity/work-item.ts';
import { PU_CHILD_FIELDS, PU_PERSON_FIELDS } from '../../core/mapping/pu-record.ts';
import { REFUSAL_CODES } from '../../core/sync/source-record.ts';

const VALUE = z.string().nullable();
const ROW = z.record(z.string(), VALUE);
const rowOf = <const F extends string>(fields: readonly F[]) =>
  z.partialRecord(z.enum(fields), VALUE);

/** What happened, for the reader. */
const SAYS = z.string().min(5);

/** What every record says. */
const COMMON = {
  says: SAYS,
  operation: z.enum(['upsert', 'removed', 'unknown', 'refused']).default('upsert'),
  /** Why the source connector passed on nothing but the key. Goes with `refused`. */
  code: z.enum(REFUSAL_CODES).optional(),
  /** `epoch:version` in the register. PU does not give one with `unknown`. */
  position: z.string().optional(),
  /** When the hub read it: what counts as the date of a flag of Master, which has none itself. */
  readAt: z.iso.datetime().default('2026-01-01T00:00:00Z'),
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
      contactPersons: z.array(rowOf(OTHER_CHILDREN.contactPersons)),
      contactPersonContacts: z.array(rowOf(OTHER_CHILDREN.contactPersonContacts)),
      relations: z.array(rowOf(OTHER_CHILDREN.relations)),
      citizenships: z.array(rowOf(OTHER_CHILDREN.citizenships)),
      historicalLocalities: z.array(rowOf(OTHER_CHILDREN.historicalLocalities)),
    })
    .partial()
    .default({}),
});

/** Authority moves, and everybody is derived again. */
const PHASE_STEP = z.strictObject({
  says: SAYS,
  phase: z.enum(PHASES),
  /** Which part of the persons may vanish before somebody is asked. */
  mostVanishing: z.number().min(0).max(1).optional(),
});

/** Somebody has seen how many vanish by the walk that stopped, and wants it. */
const ACCEPT_STEP = z.strictObject({ says: SAYS, acceptVanishing: z.literal(true) });

/** Somebody decides about a work item. Identities are named by their extension. */
const DECISION_STEP = z.strictObject({
  says: SAYS,
  decide: z.strictObject({
    item: z.strictObject({
      kind: z.enum(WORK_ITEM_KINDS),
      subject: z.string(),
      other: VALUE,
    }),
    choice: z.enum(DECISION_CHOICES),
    /** After everything that the hub has read, unless it says otherwise. */
    decidedAt: z.iso.datetime().default('2026-02-01T00:00:00Z'),
  }),
});

/** Everybody is derived again from what is stored: nothing may change. */
const REBUILD_STEP = z.strictObject({ says: SAYS, rebuild: z.literal(true) });

const SCENARIO = z.strictObject({
  title: z.string().min(10),
  /** Why it matters, for somebody who knows the registers. */
  why: z.string().min(20),
  /** True: as in production, where test persons are told to nobody. */
  production: z.boolean().default(false),
  given: z
    .array(z.union([PHASE_STEP, ACCEPT_STEP, DECISION_STEP, REBUILD_STEP, PU_STEP, MASTER_STEP]))
    .min(1),
});

export type MasterStep = z.infer<typeof MASTER_STEP>;
export type PuStep = z.infer<typeof PU_STEP>;
/** One record of a register. */
export type RecordStep = MasterStep | PuStep;
export type DecisionStep = z.infer<typeof DECISION_STEP>;
export type Scenario = z.infer<typeof SCENARIO>;
export type Step = Scenario['given'][number];

export function readScenario(text: string): Scenario {
  return SCENARIO.parse(JSON.parse(text));
}

export function isRecordStep(step: Step): step is RecordStep {
  return 'source' in step;
}
