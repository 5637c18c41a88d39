/** The shape of `authority.json`. That no cell is left open is seen when it is spread out, in `expand-authority.ts`. */
import { z } from 'zod';
import {
  DECIDED_GROUPS,
  type DecidedGroup,
  PHASES,
  type Phase,
} from '../../core/golden-record/authority.ts';
import type { IdentityType } from '../../core/person/person-identifier.ts';
import type { SourceName } from '../../core/sync/source-record.ts';
import { type Shape, shape } from './mapping-schemas.ts';
import { recordOf } from './record-of.ts';

/** First choice first. `every` stands for the kinds of number that have no list of their own. */
export type ByType = Readonly<Partial<Record<IdentityType | 'every', readonly SourceName[]>>>;

export interface PhaseRules {
  readonly publishes: ByType;
  readonly decides: ByType;
  /** Groups that are decided otherwise than the rest; a kind of number that an exception leaves out is decided like the rest. */
  readonly exceptions: Readonly<Partial<Record<DecidedGroup, ByType>>>;
}

export interface AuthorityFile extends Readonly<Record<Phase, PhaseRules>> {
  readonly version: number;
}

const sources = z.array(z.enum(['master', 'pu'])).exactOptional();

const byType = z.strictObject({
  every: sources,
  LRID: sources,
  NRID: sources,
  SNR: sources,
  PNR: sources,
});

const phaseRules = z.strictObject({
  publishes: byType,
  decides: byType,
  exceptions: z.strictObject(recordOf(DECIDED_GROUPS, () => byType.exactOptional())),
});

const authorityFile = z.strictObject({
  version: z.int().positive(),
  ...recordOf(PHASES, () => phaseRules),
}) satisfies z.ZodType<AuthorityFile>;

export const AUTHORITY_FILE: Shape<AuthorityFile> = shape(authorityFile);
