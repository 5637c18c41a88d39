/** The shape of a file in `consumers/`. What spans several fields or files is checked in `check-consumer-profile.ts`. */
import { z } from 'zod';
import type {
  DeliveryWay,
  DisclosedGroup,
  LookUpRule,
} from '../../core/disclosure/consumer-profile.ts';
import { FIELD_GROUPS, type FieldGroup } from '../../core/golden-record/golden-record.ts';
import {
  type ContactChannel,
  RELATION_KINDS,
  type RelationKind,
} from '../../core/mapping/person-evidence.ts';
import type { IdentityType } from '../../core/person/person-identifier.ts';
import { filled, type Shape, shape, twoDigits } from './mapping-schemas.ts';

/** A profile as its file has it. */
export interface ConsumerFile {
  readonly name: string;
  readonly version: number;
  readonly title: string;
  readonly owner: string;
  readonly legalGround: string;
  readonly careGiver: string;
  readonly persons: {
    readonly kind: 'all' | 'membership' | 'list';
    readonly counties?: readonly string[];
  };
  readonly groups: readonly DisclosedGroup[];
  readonly mainIdentity: readonly IdentityType[];
  readonly protectedPersons: 'masked' | 'left-out';
  readonly contacts?: {
    readonly channels: readonly ContactChannel[];
    readonly needsNotification: boolean;
  };
  readonly relations?: readonly RelationKind[];
  readonly delivery: DeliveryWay;
  readonly lookUp?: LookUpRule;
  readonly retentionDays: number;
}

/** Groups that no profile chooses, with why. */
const NOT_CHOSEN: Readonly<Record<Exclude<FieldGroup, DisclosedGroup>, string>> = {
  identities: 'which every consumer gets',
  protection: 'which every consumer gets',
  'paper-preference': 'which nobody gets: it is asked for at sending',
};

const isChosen = (name: FieldGroup): name is DisclosedGroup => !(name in NOT_CHOSEN);

const group = z.string().transform((text, context): DisclosedGroup => {
  const refuse = (message: string) => {
    context.addIssue({ code: 'custom', message });
    return z.NEVER;
  };
  const name = FIELD_GROUPS.find((one) => one === text);
  if (name === undefined) return refuse('is not a field group');
  return isChosen(name) ? name : refuse(`is ${name}, ${NOT_CHOSEN[name]}`);
});

const consumerFile = z.strictObject({
  // The longest name of a topic is 249 characters, and the environment's prefix and the topic's own words are part of it.
  name: z
    .string()
    .regex(
      /^(?=.{1,40}$)[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/,
      'is not 1 to 40 small letters, digits and hyphens that begin with a letter',
    ),
  version: z.int().positive(),
  title: filled,
  owner: filled,
  legalGround: filled,
  // An organisation number with or without its leading 16, as in PU's own HSA-id (domain 6.3).
  careGiver: z
    .string()
    .regex(
      /^SE(?:16)?\d{10}-[A-Za-z0-9]{1,18}$/,
      'is not an HSA-id: SE, an organisation number, a hyphen, letters and digits',
    ),
  persons: z.strictObject({
    kind: z.enum(['all', 'membership', 'list']),
    counties: z.array(twoDigits).exactOptional(),
  }),
  groups: z.array(group),
  mainIdentity: z.array(z.enum(['LRID', 'NRID', 'SNR', 'PNR'])),
  protectedPersons: z.enum(['masked', 'left-out']),
  contacts: z
    .strictObject({
      channels: z.array(z.enum(['phone', 'mobile', 'email'])),
      needsNotification: z.boolean(),
    })
    .exactOptional(),
  relations: z.array(z.enum(RELATION_KINDS)).exactOptional(),
  delivery: z.discriminatedUnion('kind', [
    z.strictObject({
      kind: z.literal('topic'),
      format: z.enum(['avro', 'fhir-patient']),
      content: z.enum(['full-state', 'thin-signal']),
    }),
    z.strictObject({ kind: z.literal('table'), onLeaving: z.enum(['delete', 'mark']) }),
  ]),
  lookUp: z
    .strictObject({ isSystemOnly: z.boolean(), seesProtectedRelations: z.boolean() })
    .exactOptional(),
  retentionDays: z.int().min(1).max(3_650),
}) satisfies z.ZodType<ConsumerFile>;

export const CONSUMER_FILE: Shape<ConsumerFile> = shape(consumerFile);
