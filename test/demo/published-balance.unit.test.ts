import { describe, expect, it } from 'vitest';
import {
  balancePublished,
  type PersonRecord,
  type PublishedBalance,
  publishedIdentitiesOf,
} from '../../scripts/demo/published-balance.ts';
import type { PuRecord } from '../../scripts/population/pu-record.ts';

const PNR = '1.2.752.129.2.1.3.1';
const NRID = '1.2.752.74.9.1';

function inPu(extension: string, parts: Partial<PuRecord> = {}): PuRecord {
  return {
    personalIdentity: { root: PNR, extension },
    protectedPersonIndicator: false,
    testIndicator: false,
    primaryIdentity: true,
    name: { givenName: 'Ida', surname: 'Prov' },
    addressInformation: {
      residentialAddress: { postalAddress2: 'Påhittsgränd 1', postalCode: 0, city: 'HÅBO' },
    },
    ...parts,
  };
}

function onTopic(extensions: readonly string[], parts: Partial<PersonRecord> = {}): PersonRecord {
  return {
    personKey: 'key',
    identities: extensions.map((extension, index) => ({ root: PNR, extension, main: index === 0 })),
    name: { givenName: 'Ida', middleName: null, surname: 'Prov' },
    addresses: [
      {
        kind: 'RESIDENTIAL',
        careOf: null,
        lines: ['Påhittsgränd 1'],
        postalCode: null,
        city: 'HÅBO',
      },
    ],
    ...parts,
  };
}

async function balance(
  records: readonly PuRecord[],
  persons: readonly PersonRecord[],
): Promise<PublishedBalance> {
  const published = new Map(persons.flatMap(publishedIdentitiesOf));
  return await balancePublished({
    records: (async function* () {
      for (const record of records) yield await Promise.resolve(record);
    })(),
    isKnown: (identity) => !identity.endsWith('stranger'),
    find: (identity) => published.get(identity),
  });
}

describe('the sum of the switch', () => {
  it('comes out when a person has the name and the address of PU, under the number that PU decides about', async () => {
    const reserve = inPu('c', { personalIdentity: { root: NRID, extension: 'c' } });
    const old = inPu('b', { name: { surname: 'Förr' }, addressInformation: {} });
    const records = [inPu('a'), old, reserve, inPu('stranger')];
    expect(await balance(records, [onTopic(['a', 'b'])])).toEqual({
      known: 2,
      asInPu: 1,
      protectedPersons: 0,
      aliases: 1,
      different: 0,
      missing: 0,
    });
  });

  it.each([
    ['another surname', { name: { givenName: 'Ida', surname: 'Annan' } }],
    ['no address', { addresses: [] }],
    [
      'another address',
      { addresses: [{ kind: 'RESIDENTIAL', lines: ['B'], postalCode: null, city: 'HÅBO' }] },
    ],
  ])('does not come out with %s', async (_, parts) => {
    expect(await balance([inPu('a')], [onTopic(['a'], parts)])).toMatchObject({ different: 1 });
  });

  it('does not come out when somebody is not published', async () => {
    expect(await balance([inPu('a')], [])).toMatchObject({ known: 1, missing: 1 });
  });

  it('asks for no address of somebody who is protected', async () => {
    const { addresses: _, ...hidden } = onTopic(['a']);
    expect(await balance([inPu('a')], [hidden])).toMatchObject({ protectedPersons: 1 });
  });
});
