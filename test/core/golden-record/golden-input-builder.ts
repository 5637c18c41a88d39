import type { AuthorityTable, Phase } from '../../../core/golden-record/authority.ts';
import { deriveGolden } from '../../../core/golden-record/derive-golden.ts';
import type { GoldenInput, GoldenResult } from '../../../core/golden-record/golden-input.ts';
import type { GoldenRecord } from '../../../core/golden-record/golden-record.ts';
import type { Decision } from '../../../core/identity/work-item.ts';
import type { PersonEvidence } from '../../../core/mapping/person-evidence.ts';
import {
  type ContentHash,
  type Identity,
  type IdentityKey,
  identityText,
  OID_NRID,
  OID_SNR,
  type Oid,
} from '../../../core/person/person-identifier.ts';
import { BEFORE_EVERYTHING, type SourceName } from '../../../core/sync/source-record.ts';
import type { StoredEvidence } from '../../../core/sync/stored-group.ts';
import { at, evidence, pnr } from '../../support/person-builder.ts';
import { testRules } from '../../support/test-rules.ts';

export const PNR = pnr(0);
export const OTHER_PNR = pnr(1);
export const SNR: Identity = { root: OID_SNR, extension: '189001610006' };
export const NRID: Identity = { root: OID_NRID, extension: '00342145BZ31' };
export const LRID: Identity = { root: '1.2.752.97.3.1.3' as Oid, extension: '991981000010' };

/** The second of PU's records in these tests, and when Master's flag was seen: before, at or after it. */
export const PU_SECOND = 1_767_610_800;

type Said = Partial<PersonEvidence>;
type Row = (identity: Identity) => StoredEvidence;

const row =
  (source: SourceName, version: number, change: Said | null): Row =>
  (identity) => ({
    source,
    position: at(version),
    content: change === null ? null : evidence({ identity, ...change }),
    contentHash: '' as ContentHash,
  });

export const master = (change: Said = {}): Row => row('master', 7, change);
export const pu = (change: Said = {}): Row => row('pu', PU_SECOND, change);
/** The register had the identity and has removed it. */
export const removedBy = (source: SourceName): Row => row(source, 8, null);
/** PU was asked and does not know the identity. */
export const unknownToPu: Row = (identity) => ({
  ...row('pu', 0, null)(identity),
  position: BEFORE_EVERYTHING,
});

export function keyOf(identity: Identity): IdentityKey {
  return `key of ${identityText(identity)}` as IdentityKey;
}

/** An identity of the cluster with what the registers say. */
export function known(identity: Identity, ...rows: readonly Row[]): GoldenInput['members'][number] {
  return {
    identity,
    identityKey: keyOf(identity),
    evidence: rows.map((said) => said(identity)),
  };
}

export function inputOf(
  members: GoldenInput['members'],
  rest: Partial<GoldenInput> = {},
): GoldenInput {
  return { members, inDoubt: [], decisions: [], hiddenRelatives: new Set(), ...rest };
}

export function decision(
  id: number,
  kind: Decision['kind'],
  choice: Decision['choice'],
  about: Identity = PNR,
  flaggedSince: number | null = null,
): Decision {
  return {
    id: BigInt(id),
    kind,
    subject: keyOf(about),
    other: null,
    choice,
    flaggedSince,
  };
}

export const rules = testRules.golden;
export const authority: AuthorityTable = rules.authority;

export function derive(
  phase: Phase,
  members: GoldenInput['members'],
  rest: Partial<GoldenInput> = {},
): GoldenResult {
  return deriveGolden(inputOf(members, rest), rules, phase);
}

/** The record of a person whom only Master knows, in `shadow`. */
export function goldenOf(change: Said = {}): GoldenRecord {
  const { golden } = derive('shadow', [known(PNR, master(change))]);
  if (golden === null) throw new Error('Evidence of Master makes a record in shadow.');
  return golden;
}
