import { describe, expect, it } from 'vitest';
import { parsePersonLine } from '../../../../connectors/runtime/operations/consumer-people.ts';
import { OID_NRID, OID_PNR, OID_SNR, type Oid } from '../../../../core/person/person-identifier.ts';
import { TEST_PNR } from '../../../support/person-builder.ts';
import { mappingFiles } from '../../../support/test-rules.ts';

const { classifier } = mappingFiles;
const parse = (line: string) => parsePersonLine(line, classifier);
const named = (root: Oid, extension: string) => ({
  kind: 'named',
  identity: { root, extension },
});
const [NUMBER] = TEST_PNR;
const WITH_HYPHEN = `${NUMBER.slice(0, 8)}-${NUMBER.slice(8)}`;

describe('a line of the list of a consumer', () => {
  it.each([
    [`${OID_PNR} ${NUMBER}`],
    [`pnr ${NUMBER}`],
    [`  PNR\t${WITH_HYPHEN}\r`],
    [`\uFEFFpnr   ${NUMBER}`],
  ])('names a person by root and number: %j', (line) => {
    expect(parse(line)).toEqual(named(OID_PNR, NUMBER));
  });

  it('knows the words of the other national numbers', () => {
    const snr = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9'].map((digit) =>
      parse(`snr 18900161238${digit}`),
    );
    expect(snr.filter(({ kind }) => kind === 'named')).toHaveLength(1);
    expect(snr.find(({ kind }) => kind === 'named')).toMatchObject({ identity: { root: OID_SNR } });
    const nrid = [...'0123456789'].map((digit) => parse(`nrid 22900101AJA${digit}`));
    expect(nrid.filter(({ kind }) => kind === 'named')).toHaveLength(1);
    expect(nrid.find(({ kind }) => kind === 'named')).toMatchObject({
      identity: { root: OID_NRID },
    });
  });

  it('takes a number of a root that nobody knows the form of as it stands', () => {
    expect(parse('1.2.752.74.9.9.9999 Test1')).toEqual(
      named('1.2.752.74.9.9.9999' as Oid, 'Test1'),
    );
  });

  it.each([[''], ['   '], ['# pnr'], [`  # ${NUMBER}`], ['\uFEFF']])(
    'says nothing when it is empty or a remark: %j',
    (line) => {
      expect(parse(line)).toEqual({ kind: 'empty' });
    },
  );

  it.each([
    ['no root', NUMBER],
    ['no number', 'pnr'],
    ['another kind of number', `snr ${NUMBER}`],
    ['a wrong check digit', `pnr ${NUMBER.slice(0, -1)}${(Number(NUMBER.at(-1)) + 1) % 10}`],
    ['ten digits', `pnr ${NUMBER.slice(2)}`],
    ['a word that is no root', `person ${NUMBER}`],
    ['the name of what every object has', `constructor ${NUMBER}`],
    ['something behind the number', `pnr ${NUMBER} # booked`],
    ['a separator that is no blank', `pnr;${NUMBER}`],
    ['a character that no database takes', '1.2.752.74.9.9.9999 T\u0000'],
  ])('is refused with %s', (_, line) => {
    expect(parse(line)).toEqual({ kind: 'bad' });
  });
});
