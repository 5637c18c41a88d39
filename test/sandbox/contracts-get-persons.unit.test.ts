import { describe, expect, it } from 'vitest';
import type { XmlElement } from '../../scripts/sandbox/contracts/read-xml.ts';
import type { Profile } from '../../scripts/sandbox/sandbox-types.ts';
import { all, createTestContracts, id, texts } from './contracts-harness.ts';
import { fullRecord, lrid, nrid, pnr, record, snr } from './contracts-records.ts';

const KNOWN = pnr('185001012389');
const UNKNOWN = pnr('185001012397');

const body = (
  identities: readonly Parameters<typeof id>[1][],
  profile: Profile | 'P6' = 'P2',
  ignoreReferredIdentity = true,
): string =>
  `${identities.map((identity) => id('personId', identity)).join('')}<profile>${profile}</profile><ignoreReferredIdentity>${ignoreReferredIdentity}</ignoreReferredIdentity>`;

const asked = (answer: XmlElement): readonly string[] =>
  texts(answer, 'requestedPersonRecord', 'requestedPersonalIdentity', 'extension');
const answered = (answer: XmlElement): readonly (string | undefined)[] =>
  all(answer, 'requestedPersonRecord').map(
    (each) => texts(each, 'personRecord', 'personalIdentity', 'extension')[0],
  );

describe('GetPersonsForProfile', () => {
  it('answers for every identity in the order of the request, an unknown one without a record', () => {
    const contracts = createTestContracts([record(KNOWN), record(snr('185001612384'))]);
    const answer = contracts.ask(
      'GetPersonsForProfile',
      body([UNKNOWN, KNOWN, snr('185001612384'), KNOWN]),
    );
    expect(asked(answer)).toEqual(['185001012397', '185001012389', '185001612384', '185001012389']);
    expect(answered(answer)).toEqual([undefined, '185001012389', '185001612384', '185001012389']);
  });

  it('knows an identity by its root and extension together', () => {
    const contracts = createTestContracts([record(KNOWN)]);
    const answer = contracts.ask('GetPersonsForProfile', body([lrid(KNOWN.extension)]));
    expect(answered(answer)).toEqual([undefined]);
  });

  it('answers 500 identities and refuses 501', () => {
    const contracts = createTestContracts([record(KNOWN)]);
    const many = (count: number): string => body(Array.from({ length: count }, () => KNOWN));
    expect(asked(contracts.ask('GetPersonsForProfile', many(500)))).toHaveLength(500);
    expect(contracts.call('GetPersonsForProfile', many(501))).toEqual({
      kind: 'fault',
      side: 'client',
      text: 'Förfrågans maxgräns överskriden: högst 500 identiteter i ett anrop.',
    });
  });

  it('refuses a profile that is in reserve', () => {
    expect(createTestContracts([]).call('GetPersonsForProfile', body([KNOWN], 'P6'))).toMatchObject(
      { kind: 'fault', side: 'client' },
    );
  });

  it.each(['protectedPersonIndicator', 'protectedPopulationRecord'] as const)(
    'gives only P1 of a person with %s, whatever is asked, and all of it in the unrestricted contract',
    (flag) => {
      const contracts = createTestContracts([fullRecord({ [flag]: true })]);
      const names = (answer: XmlElement): readonly string[] =>
        all(answer, 'requestedPersonRecord', 'personRecord').flatMap(({ children }) =>
          children.map(({ name }) => name),
        );
      const protectedAnswer = contracts.ask('GetPersonsForProfile', body([KNOWN], 'P5'));
      const open = createTestContracts([fullRecord()]);
      expect(names(protectedAnswer)).toEqual(
        names(open.ask('GetPersonsForProfile', body([KNOWN], 'P1'))),
      );
      expect(names(protectedAnswer)).not.toContain('addressInformation');
      expect(
        names(contracts.ask('GetPersonsForProfileUnrestricted', body([KNOWN], 'P5'))),
      ).toContain('addressInformation');
    },
  );

  describe('of an identity that is not the main one', () => {
    const main = pnr('185001012389');
    const linked = (other: ReturnType<typeof pnr>, primaryIdentity: boolean) => ({
      linkedIdentity: [
        { referredPersonalIdentity: other, assuranceLevel: 'level3', primaryIdentity },
      ],
    });
    const references = (...others: readonly ReturnType<typeof pnr>[]) => ({
      deregistration: { deregistrationReasonCode: 'GN' },
      referredPersonalIdentities: others.map((referredPersonalIdentity) => ({
        referredPersonalIdentity,
        referredPersonalIdentityStatus: 'NY' as const,
      })),
    });
    const first = pnr('185001012397');
    const second = pnr('185001022396');
    const registers = {
      'a linked reserve identity': [
        record(main, linked(nrid('24500101ZZ91'), false)),
        record(nrid('24500101ZZ91'), { ...linked(main, true), primaryIdentity: false }),
      ],
      'a number that was replaced': [record(main), record(first, references(main))],
      'a number that was replaced twice': [
        record(main, {
          referredPersonalIdentities: [{ referredPersonalIdentity: second }],
        }),
        record(second, references(first, main)),
        record(first, references(second)),
      ],
      'a number that was replaced, and had replaced another': [
        record(main, {
          referredPersonalIdentities: [{ referredPersonalIdentity: second }],
        }),
        record(first, references(second)),
        record(second, references(first, main)),
      ],
    };
    it.each(Object.entries(registers))(
      'gives the record of the main identity: %s',
      (_, records) => {
        const contracts = createTestContracts(records);
        const other = records.at(-1)?.personalIdentity ?? main;
        const answer = contracts.ask('GetPersonsForProfile', body([other], 'P1', false));
        expect(asked(answer)).toEqual([other.extension]);
        expect(answered(answer)).toEqual([main.extension]);
      },
    );

    it.each(Object.entries(registers))(
      'gives its own record when references are ignored: %s',
      (_, records) => {
        const contracts = createTestContracts(records);
        const other = records.at(-1)?.personalIdentity ?? main;
        expect(answered(contracts.ask('GetPersonsForProfile', body([other], 'P1', true)))).toEqual([
          other.extension,
        ]);
      },
    );

    it('gives the own record of a number whose successor PU does not have, and ends where references go in a circle', () => {
      const contracts = createTestContracts([
        record(first, references(main)),
        record(second, references(pnr('185001032395'))),
        record(pnr('185001032395'), references(second)),
      ]);
      const answer = contracts.ask('GetPersonsForProfile', body([first, second], 'P1', false));
      expect(answered(answer)).toEqual([first.extension, '185001032395']);
    });

    it('does not follow a reference that has ended', () => {
      const contracts = createTestContracts([
        record(main),
        record(first, {
          deregistration: { deregistrationReasonCode: 'GN' },
          referredPersonalIdentities: [
            { referredPersonalIdentity: main, referredPersonalIdentityStatus: 'AS' },
          ],
        }),
      ]);
      expect(answered(contracts.ask('GetPersonsForProfile', body([first], 'P1', false)))).toEqual([
        first.extension,
      ]);
    });
  });
});

describe('a request', () => {
  const good = body([KNOWN]);
  const contracts = createTestContracts([record(KNOWN)]);
  const fault = (content: string): string => {
    const answer = contracts.call('GetPersonsForProfile', content);
    return answer.kind === 'fault' ? answer.text : 'no fault';
  };

  it.each([
    ['without a required element', good.replace(/<profile>.*<\/profile>/, ''), 'profile saknas'],
    ['with elements in another order', `<profile>P2</profile>${good}`, 'personId saknas'],
    [
      'with an element twice',
      `${good}<ignoreReferredIdentity>true</ignoreReferredIdentity>`,
      'Oväntat element',
    ],
    ['with an unknown element', `${good}<more>1</more>`, 'Oväntat element'],
    [
      'with an unknown element of no namespace',
      `${good}<more xmlns="">1</more>`,
      'Oväntat element',
    ],
    [
      'with another type of value',
      good.replace('>true<', '>ja<'),
      'Otillåtet värde i GetPersonsForProfile/ignoreReferredIdentity',
    ],
    ['with text between the elements', `${good}text`, 'Otillåten text'],
    [
      'with an attribute on a group',
      good.replace('<personId>', '<personId lang="sv">'),
      'attribut',
    ],
    ['with an attribute', good.replace('<profile>', '<profile lang="sv">'), 'attribut'],
    [
      'with an element of the wrong namespace',
      good.replace('<p:root>', '<root>').replace('</p:root>', '</root>'),
      'personId/root saknas',
    ],
    ['with an empty identity', good.replace(KNOWN.extension, ''), 'Otillåtet värde'],
    ['that is not well-formed', `${good}<`, 'välformat'],
  ])('%s is refused with the place, and without repeating it', (_, content, words) => {
    expect(fault(content)).toContain(words);
    expect(fault(content)).not.toContain(KNOWN.extension);
  });

  it('may have elements of other namespaces after its own', () => {
    const content = `${good}<x:more xmlns:x="urn:x" x:a="1"><x:deep>1</x:deep></x:more>`;
    expect(contracts.call('GetPersonsForProfile', content).kind).toBe('answer');
  });

  it('of another contract or of another version of it is refused', () => {
    const { call } = contracts;
    const asked = (element: string, namespace: string) =>
      contracts.answer({
        contract: 'GetPersonsForProfile',
        request: `<${element} xmlns="urn:riv:strategicresourcemanagement:persons:person:${namespace}"/>`,
        caller: 'x',
      });
    expect(asked('GetPersonsForProfile', 'GetPersonsForProfileResponder:4').kind).toBe('fault');
    expect(asked('UpdatePerson', 'GetPersonsForProfileResponder:5').kind).toBe('fault');
    expect(call('GetPersonsForProfile', good).kind).toBe('answer');
  });
});
