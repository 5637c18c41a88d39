import { describe, expect, it } from 'vitest';
import type { PuIdentity, PuRecord } from '../../scripts/population/pu-record.ts';
import { withSkatteverketLinks } from '../../scripts/sandbox/contracts/skatteverket-links.ts';
import { ACTOR_XML, createTestContracts, id, texts } from './contracts-harness.ts';
import { lrid, nrid, pnr, record, snr } from './contracts-records.ts';

const IDENTITIES = {
  LRID: lrid('18500101001R'),
  LRID2: lrid('18500101002R'),
  NRID: nrid('24500101ZZ91'),
  NRID2: nrid('24500101ZZ83'),
  NRID3: nrid('24500101ZZ75'),
  SNR: snr('185001612384'),
  SNR2: snr('185001622391'),
  PNR: pnr('185001012389'),
  PNR2: pnr('185001012397'),
} as const;
type Name = keyof typeof IDENTITIES;
type TestContracts = ReturnType<typeof createTestContracts>;

const everybody = (): TestContracts =>
  createTestContracts(Object.values(IDENTITIES).map((identity) => record(identity)));

function link(contracts: TestContracts, from: PuIdentity, to: PuIdentity): string {
  const answer = contracts.ask(
    'LinkPersonIdentity',
    ACTOR_XML + id('fromIdentity', from) + id('toIdentity', to),
  );
  return texts(answer, 'result', 'resultText')[0] ?? texts(answer, 'result', 'resultCode').join();
}
function unlink(contracts: TestContracts, from: PuIdentity, leaving: PuIdentity): string {
  const answer = contracts.ask(
    'UnlinkPersonIdentity',
    ACTOR_XML + id('unlinkFromIdentity', from) + id('unlinkIdentity', leaving),
  );
  return texts(answer, 'result', 'resultText')[0] ?? texts(answer, 'result', 'resultCode').join();
}

/** What a record says: itself, `*` for the main identity, then its links with level. */
function linksOf(shown: PuRecord | undefined): string {
  const name = ({ extension }: PuIdentity): string =>
    Object.entries(IDENTITIES).find(([, known]) => known.extension === extension)?.[0] ?? '?';
  if (shown === undefined) return 'unknown';
  const links = (shown.linkedIdentity ?? []).map(
    ({ referredPersonalIdentity, assuranceLevel, primaryIdentity }) =>
      `${name(referredPersonalIdentity)}${primaryIdentity ? '*' : ''} ${assuranceLevel}`,
  );
  return [
    `${name(shown.personalIdentity)}${shown.primaryIdentity ? '*' : ''}`,
    ...links.sort(),
  ].join(', ');
}
const links = (contracts: TestContracts, name: Name): string =>
  linksOf(contracts.register.find(IDENTITIES[name]));

describe('LinkPersonIdentity', () => {
  const STATE = 'bara av Skatteverket';
  const UP = 'måste gå uppåt';
  it.each([
    ['LRID', 'NRID', 'OK'],
    ['LRID', 'SNR', 'OK'],
    ['LRID', 'PNR', 'OK'],
    ['NRID', 'NRID2', 'OK'],
    ['NRID', 'SNR', 'OK'],
    ['NRID', 'PNR', 'OK'],
    ['LRID', 'LRID2', 'detta ska göras genom att koppla de bägge LRID till ett NRID'],
    ['NRID', 'LRID', UP],
    ['SNR', 'LRID', UP],
    ['SNR', 'NRID', UP],
    ['PNR', 'LRID', UP],
    ['PNR', 'NRID', UP],
    ['SNR', 'SNR2', STATE],
    ['SNR', 'PNR', STATE],
    ['PNR', 'SNR', STATE],
    ['PNR', 'PNR2', STATE],
    ['PNR', 'PNR', 'sig själv'],
  ] as const)('of %s to %s: %s', (from, to, expected) => {
    const contracts = everybody();
    expect(link(contracts, IDENTITIES[from], IDENTITIES[to])).toContain(expected);
    expect(links(contracts, from)).toBe(expected === 'OK' ? `${from}, ${to}* level3` : `${from}*`);
    if (from === to) return;
    expect(links(contracts, to)).toBe(expected === 'OK' ? `${to}*, ${from} level3` : `${to}*`);
  });

  it('of an identity that PU does not know is refused', () => {
    const contracts = everybody();
    const unknown = lrid('18500101009R');
    expect(link(contracts, unknown, IDENTITIES.PNR)).toBe('Identiteten finns inte.');
    expect(link(contracts, IDENTITIES.LRID, pnr('185001032395'))).toBe('Identiteten finns inte.');
  });

  it('a second time is refused', () => {
    const contracts = everybody();
    link(contracts, IDENTITIES.LRID, IDENTITIES.PNR);
    expect(link(contracts, IDENTITIES.LRID, IDENTITIES.PNR)).toContain('redan kopplade');
  });

  it('gives both records a new version', () => {
    const contracts = everybody();
    link(contracts, IDENTITIES.LRID, IDENTITIES.PNR);
    for (const name of ['LRID', 'PNR'] as const) {
      expect(contracts.register.find(IDENTITIES[name])?.version).toMatch(/^20261125/);
    }
    expect(contracts.register.find(IDENTITIES.NRID)?.version).toBe('20261101120000');
  });

  it('joins everybody who is linked to either, and the strongest is the main identity', () => {
    const contracts = everybody();
    link(contracts, IDENTITIES.LRID, IDENTITIES.NRID);
    link(contracts, IDENTITIES.LRID2, IDENTITIES.NRID);
    link(contracts, IDENTITIES.NRID, IDENTITIES.PNR);
    expect(links(contracts, 'PNR')).toBe('PNR*, LRID level3, LRID2 level3, NRID level3');
    expect(links(contracts, 'LRID')).toBe('LRID, LRID2 level3, NRID level3, PNR* level3');
    link(contracts, IDENTITIES.NRID2, IDENTITIES.NRID);
    expect(links(contracts, 'NRID2')).toBe(
      'NRID2, LRID level3, LRID2 level3, NRID level3, PNR* level3',
    );
  });

  it('makes toIdentity the main one of two that are equally strong', () => {
    const contracts = everybody();
    link(contracts, IDENTITIES.LRID, IDENTITIES.NRID2);
    link(contracts, IDENTITIES.NRID, IDENTITIES.NRID2);
    expect(links(contracts, 'NRID')).toBe('NRID, LRID level3, NRID2* level3');
    expect(links(contracts, 'LRID')).toBe('LRID, NRID level3, NRID2* level3');
    link(contracts, IDENTITIES.NRID3, IDENTITIES.NRID);
    expect(links(contracts, 'LRID')).toBe('LRID, NRID* level3, NRID2 level3, NRID3 level3');
  });

  it('does not join two numbers of Skatteverket’s through a reserve identity', () => {
    const contracts = everybody();
    link(contracts, IDENTITIES.LRID, IDENTITIES.PNR);
    expect(link(contracts, IDENTITIES.LRID, IDENTITIES.PNR2)).toContain(STATE);
    link(contracts, IDENTITIES.NRID, IDENTITIES.SNR);
    expect(link(contracts, IDENTITIES.LRID, IDENTITIES.NRID)).toContain(STATE);
    expect(links(contracts, 'LRID')).toBe('LRID, PNR* level3');
  });
});

describe('UnlinkPersonIdentity', () => {
  it('takes the identity out of its group and leaves the rest joined', () => {
    const contracts = everybody();
    link(contracts, IDENTITIES.LRID, IDENTITIES.NRID);
    link(contracts, IDENTITIES.NRID, IDENTITIES.PNR);
    expect(unlink(contracts, IDENTITIES.PNR, IDENTITIES.LRID)).toBe('OK');
    expect(links(contracts, 'LRID')).toBe('LRID*');
    expect(links(contracts, 'NRID')).toBe('NRID, PNR* level3');
    expect(links(contracts, 'PNR')).toBe('PNR*, NRID level3');
  });

  it('chooses another main identity when that is the one that leaves', () => {
    const contracts = everybody();
    link(contracts, IDENTITIES.LRID, IDENTITIES.NRID);
    link(contracts, IDENTITIES.NRID, IDENTITIES.PNR);
    expect(unlink(contracts, IDENTITIES.LRID, IDENTITIES.PNR)).toBe('OK');
    expect(links(contracts, 'PNR')).toBe('PNR*');
    expect(links(contracts, 'LRID')).toBe('LRID, NRID* level3');
    expect(links(contracts, 'NRID')).toBe('NRID*, LRID level3');
  });

  it('is refused between numbers of Skatteverket’s, and for identities that are not linked', () => {
    const contracts = createTestContracts(
      withSkatteverketLinks(
        [referring('SNR', ['PNR'], 'GN'), referring('PNR', ['SNR'])],
        () => undefined,
      ),
    );
    for (const [from, leaving] of [
      [IDENTITIES.SNR, IDENTITIES.PNR],
      [IDENTITIES.PNR, IDENTITIES.SNR],
    ] as const) {
      expect(unlink(contracts, from, leaving)).toContain('bara av Skatteverket');
    }
    expect(links(contracts, 'SNR')).toBe('SNR, PNR* level4');
    const others = everybody();
    expect(unlink(others, IDENTITIES.PNR, IDENTITIES.LRID)).toContain('inte kopplade');
    expect(unlink(others, IDENTITIES.PNR, IDENTITIES.PNR)).toContain('inte kopplade');
    expect(unlink(others, IDENTITIES.PNR, lrid('18500101009R'))).toBe('Identiteten finns inte.');
  });

  it('takes a reserve identity from two numbers that Skatteverket has joined', () => {
    const contracts = createTestContracts([
      ...withSkatteverketLinks(
        [referring('SNR', ['PNR'], 'GN'), referring('PNR', ['SNR'])],
        () => undefined,
      ),
      record(IDENTITIES.LRID),
    ]);
    link(contracts, IDENTITIES.LRID, IDENTITIES.PNR);
    expect(links(contracts, 'LRID')).toBe('LRID, PNR* level3, SNR level3');
    expect(unlink(contracts, IDENTITIES.SNR, IDENTITIES.LRID)).toBe('OK');
    expect(links(contracts, 'SNR')).toBe('SNR, PNR* level4');
  });
});

/** A record that refers to others, and is deregistered for a reason. */
function referring(
  name: Name,
  others: readonly Name[],
  reason?: string,
  status: 'NY' | 'AS' = 'NY',
): PuRecord {
  return record(IDENTITIES[name], {
    referredPersonalIdentities: others.map((other) => ({
      referredPersonalIdentity: IDENTITIES[other],
      referredPersonalIdentityStatus: status,
    })),
    ...(reason !== undefined && { deregistration: { deregistrationReasonCode: reason } }),
  });
}

describe('links of Skatteverket’s', () => {
  const stated = (
    records: readonly PuRecord[],
    before: readonly PuRecord[] = [],
  ): Readonly<Record<string, string>> => {
    const contracts = createTestContracts(before);
    return Object.fromEntries(
      withSkatteverketLinks(records, (identity) => contracts.register.find(identity)).map(
        (each) => [linksOf(each).split(/[*,]/)[0] ?? '', linksOf(each)],
      ),
    );
  };

  it('join two numbers that refer to each other, and the active one is the main identity', () => {
    expect(stated([referring('SNR', ['PNR'], 'GN'), referring('PNR', ['SNR'])])).toEqual({
      SNR: 'SNR, PNR* level4',
      PNR: 'PNR*, SNR level4',
    });
    expect(stated([referring('SNR', ['PNR']), referring('PNR', ['SNR'], 'AN')])).toEqual({
      SNR: 'SNR*, PNR level4',
      PNR: 'PNR, SNR* level4',
    });
  });

  it('join a new record with one that is in the register', () => {
    expect(stated([referring('PNR', ['SNR'])], [referring('SNR', ['PNR'], 'GN')])).toEqual({
      SNR: 'SNR, PNR* level4',
      PNR: 'PNR*, SNR level4',
    });
  });

  it.each([
    ['only one refers', [referring('SNR', ['PNR'], 'GN'), record(IDENTITIES.PNR)]],
    ['only the other refers', [record(IDENTITIES.SNR), referring('PNR', ['SNR'], 'GN')]],
    ['both are active', [referring('SNR', ['PNR']), referring('PNR', ['SNR'])]],
    ['neither is active', [referring('SNR', ['PNR'], 'GN'), referring('PNR', ['SNR'], 'AV')]],
    ['a reference has ended', [referring('SNR', ['PNR'], 'GN', 'AS'), referring('PNR', ['SNR'])]],
    ['the other is not there', [referring('PNR', ['SNR'])]],
    ['one is a reserve identity', [referring('NRID', ['PNR'], 'AN'), referring('PNR', ['NRID'])]],
  ])('are not made when %s', (_, records) => {
    for (const links of Object.values(stated(records))) expect(links).not.toContain('level');
  });

  it('take along the reserve identities of both', () => {
    const contracts = everybody();
    link(contracts, IDENTITIES.LRID, IDENTITIES.SNR);
    link(contracts, IDENTITIES.NRID, IDENTITIES.PNR);
    const before = Object.values(IDENTITIES).flatMap(
      (identity) => contracts.register.find(identity) ?? [],
    );
    const now = (name: 'SNR' | 'PNR'): PuRecord => ({
      ...(contracts.register.find(IDENTITIES[name]) ?? record(IDENTITIES[name])),
      ...(name === 'SNR' ? referring('SNR', ['PNR'], 'GN') : referring('PNR', ['SNR'])),
    });
    const after = stated([now('SNR'), now('PNR')], before);
    expect(after).toEqual({
      SNR: 'SNR, LRID level3, NRID level3, PNR* level4',
      PNR: 'PNR*, LRID level3, NRID level3, SNR level4',
      LRID: 'LRID, NRID level3, PNR* level3, SNR level3',
      NRID: 'NRID, LRID level3, PNR* level3, SNR level3',
    });
  });

  it('follow a number that is changed twice to the last one', () => {
    const first = [referring('SNR', ['PNR'], 'GN'), referring('PNR', ['SNR'])];
    const linked = withSkatteverketLinks(first, () => undefined);
    const pnrNow = linked.find(({ personalIdentity }) => personalIdentity === IDENTITIES.PNR);
    const again: PuRecord = {
      ...(pnrNow ?? record(IDENTITIES.PNR)),
      ...referring('PNR', ['SNR', 'PNR2'], 'GN'),
      primaryIdentity: true,
    };
    expect(stated([again, referring('PNR2', ['PNR'])], linked)).toMatchObject({
      PNR2: 'PNR2*, PNR level4, SNR level4',
      PNR: 'PNR, PNR2* level4, SNR level4',
      SNR: 'SNR, PNR level4, PNR2* level4',
    });
  });
});
