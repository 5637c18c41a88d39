import { describe, expect, it } from 'vitest';
import { loadMappingFiles } from '../../../connectors/mapping-files/load-mapping-files.ts';
import type { PuRows } from '../../../core/mapping/map-pu-children.ts';
import { createPuMapper } from '../../../core/mapping/map-pu-record.ts';
import type { StatedLink } from '../../../core/mapping/person-evidence.ts';
import { OID_NRID, OID_PNR } from '../../../core/person/person-identifier.ts';
import { TEST_PNR } from '../../support/person-builder.ts';
import { puRecord } from './pu-row-builder.ts';

const {
  puMapping: mapping,
  classifier,
  areas,
} = await loadMappingFiles(new URL('../../../mappings', import.meta.url).pathname);
const mapper = createPuMapper({ mapping, classifier, areas });

const NRID = { identityRoot: OID_NRID, identity: '00342145BZ31' };
const OTHER = { identityRoot: OID_PNR, identity: TEST_PNR[1] };
const OTHER_IDENTITY = { root: OID_PNR, extension: TEST_PNR[1] };
/** A root of which this hub has no format. */
const ELSEWHERE = '1.2.752.999.1';

function linksOf(children: PuRows): readonly StatedLink[] {
  const result = mapper.map(puRecord({}, children));
  if (result.kind !== 'mapped') throw new Error(`Not mapped: ${JSON.stringify(result)}`);
  return result.evidence.links;
}

describe('the links', () => {
  it('of PU and the references of Skatteverket are kept apart', () => {
    expect(linksOf({ linkedIdentities: [NRID], referredIdentities: [OTHER] })).toEqual([
      { kind: 'linked', identity: { root: OID_NRID, extension: NRID.identity } },
      { kind: 'referred', identity: OTHER_IDENTITY },
    ]);
  });

  it.each([
    ['NY', 'referred'],
    [null, 'referred'],
    ['AS', 'ended'],
  ])('have a reference of status %s as %s', (status, kind) => {
    expect(linksOf({ referredIdentities: [{ ...OTHER, status }] })).toEqual([
      { kind, identity: OTHER_IDENTITY },
    ]);
  });

  it('say both when a reference holds and has ended', () => {
    const referredIdentities = [{ ...OTHER, status: 'AS' }, OTHER];
    expect(linksOf({ referredIdentities }).map(({ kind }) => kind)).toEqual(['referred', 'ended']);
  });

  it.each([
    ['1', { primary: true }],
    ['0', { primary: false }],
    [null, {}],
  ])('say whether the other is the main one: %s', (primaryIdentity, said) => {
    expect(linksOf({ linkedIdentities: [{ ...OTHER, primaryIdentity }] })).toEqual([
      { kind: 'linked', identity: OTHER_IDENTITY, ...said },
    ]);
  });

  it('say that the other is the main one when one of two rows does, in any order', () => {
    const rows = ['1', '0', null].map((primaryIdentity) => ({ ...OTHER, primaryIdentity }));
    for (const linkedIdentities of [rows, rows.toReversed()]) {
      expect(linksOf({ linkedIdentities })).toMatchObject([{ primary: true }]);
    }
    for (const linkedIdentities of [rows.slice(1), rows.slice(1).toReversed()]) {
      expect(linksOf({ linkedIdentities })).toMatchObject([{ primary: false }]);
    }
  });

  it('do not hold the person itself, nor anything twice', () => {
    const own = { identityRoot: OID_PNR, identity: TEST_PNR[0] };
    const spaced = { ...OTHER, identity: `${TEST_PNR[1].slice(0, 8)}-${TEST_PNR[1].slice(8)}` };
    expect(linksOf({ linkedIdentities: [own, OTHER, spaced] })).toHaveLength(1);
  });

  it('keep a number of an issuer that is not configured as PU states it', () => {
    const foreign = { identityRoot: ELSEWHERE, identity: 'AB-1' };
    expect(linksOf({ linkedIdentities: [foreign] })).toEqual([
      { kind: 'linked', identity: { root: ELSEWHERE, extension: 'AB-1' } },
    ]);
  });
});
