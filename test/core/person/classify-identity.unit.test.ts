import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadMappingFiles } from '../../../connectors/mapping-files/load-mapping-files.ts';
import { createIdentityClassifier } from '../../../core/person/classify-identity.ts';
import { OID_NRID, OID_PNR, OID_SNR, type Oid } from '../../../core/person/person-identifier.ts';
import { TEST_PNR } from '../../support/person-builder.ts';
import { createSampler, SAMPLES, withCheckDigit } from '../../support/sample-identities.ts';

const { reserveNumberFormats: formats, classifier } = await loadMappingFiles(
  new URL('../../../mappings', import.meta.url).pathname,
);
/** As if every region had stated its OID, so that every format can be told. */
const allRoots = new Map<string, Oid>([
  ['PNR', OID_PNR],
  ['SNR', OID_SNR],
  ['NRID', OID_NRID],
  ...formats.map((f, i): [string, Oid] => [f.key, f.root ?? (`1.2.999.${i}` as Oid)]),
]);
const allRooted = createIdentityClassifier(
  formats.map((f) => ({ ...f, root: allRoots.get(f.key) ?? f.root })),
);

/** The formats that fit a text. */
function fitting(text: string): readonly string[] {
  const result = allRooted.classify(text);
  if (result.kind === 'ambiguous') return result.candidates;
  return result.kind === 'classified' ? [result.format] : [];
}

function samplesOf(key: string): readonly string[] {
  const sampler = createSampler(key.length * 7919 + key.charCodeAt(0));
  const root = allRoots.get(key);
  const sample = SAMPLES[key];
  if (root === undefined || sample === undefined) throw new Error(`No samples of ${key}.`);
  return Array.from({ length: 1000 }, () =>
    withCheckDigit(sample(sampler), (text) => allRooted.validate(root, text).kind === 'valid'),
  );
}

const LIV_TEST_NUMBERS = 'LIV in test environments';

describe('a bare value', () => {
  // Domain 2.5: what each format's numbers also fit, always and sometimes.
  it.each<[string, readonly string[], readonly string[]]>([
    ['PNR', [], []],
    ['SNR', [], []],
    ['NRID', [], []],
    ['SLL', [], []],
    ['RVN', [], []],
    ['RG', [], []],
    ['VGRL', ['RD', 'VGRG'], ['RV']],
    ['RSK', ['RD', 'VGRG'], ['RV', 'VGRL']],
    ['RV', ['RD', 'VGRG'], ['VGRL']],
    ['LIV', ['RB', 'RSR'], []],
    ['ROL', ['RB', 'RSR'], []],
    ['SKANE', ['RB', 'RSR'], []],
    ['RB', ['RSR'], ['LIV', 'ROL', 'SKANE']],
    ['RSR', ['RB'], ['LIV', 'ROL', 'SKANE']],
    ['CLNK', ['RH'], []],
    ['RH', [], ['CLNK']],
    ['VGRG', ['RD'], ['RV', 'VGRL']],
    ['RD', [], ['RV', 'VGRG', 'VGRL']],
  ])('of %s also fits %j always and %j sometimes, and nothing else', (key, always, sometimes) => {
    const fits = samplesOf(key).map(fitting);
    const others = new Set(fits.flat());
    others.delete(key);
    const everywhere = [...others].filter((other) => fits.every((each) => each.includes(other)));
    expect(fits.every((each) => each.includes(key))).toBe(true);
    expect(everywhere.sort()).toEqual(always);
    expect([...others].filter((other) => !everywhere.includes(other)).sort()).toEqual(sometimes);
  });

  it(`can be both NRID and ${LIV_TEST_NUMBERS}`, () => {
    const sampler = createSampler(1);
    const isNrid = (text: string) => allRooted.validate(OID_NRID, text).kind === 'valid';
    const both = Array.from({ length: 50 }, () =>
      withCheckDigit(`22${sampler.date().slice(2)}SF${sampler.number(0, 9, 1)}?`, isNrid),
    ).filter((text) => !text.endsWith('0'));
    expect(both.length).toBeGreaterThan(10);
    for (const text of both) expect(fitting(text)).toEqual(['NRID', 'LIV']);
  });

  it('is classified when exactly one format fits, in its stored form', () => {
    expect(classifier.classify(' 22790814-aa01 ')).toEqual({
      kind: 'classified',
      identity: { root: OID_NRID, extension: '22790814AA01' },
      type: 'NRID',
      format: 'NRID',
    });
    expect(classifier.classify('991981000010')).toMatchObject({ type: 'LRID', format: 'SLL' });
  });

  it('names all formats that fit when there is more than one', () => {
    expect(classifier.classify('20200501AA8A')).toEqual({
      kind: 'ambiguous',
      candidates: ['RB', 'RSR'],
    });
  });

  it('of a format whose issuer is not known has no identity', () => {
    expect(classifier.classify('18500101-12M3')).toEqual({
      kind: 'unclassified',
      reason: 'root-not-configured',
    });
  });

  it('gets an identity as soon as the region states the OID', () => {
    const rooted = createIdentityClassifier(
      formats.map((f) => (f.key === 'RG' ? { ...f, root: '1.2.999.1' as Oid } : f)),
    );
    expect(rooted.classify('18500101-12M3')).toMatchObject({
      kind: 'classified',
      identity: { root: '1.2.999.1', extension: '1850010112M3' },
    });
  });

  it('is not classified by a format that the region took out of its list', () => {
    const fewer = createIdentityClassifier(formats.filter((f) => f.key !== 'RSR'));
    expect(fewer.classify('20200501AA8A')).toMatchObject({ kind: 'classified', format: 'RB' });
  });

  it('that is a personnummer and also fits a local format of digits is ambiguous', () => {
    const sll = formats.find((f) => f.key === 'SLL');
    if (sll === undefined) throw new Error('SLL is not among the formats.');
    const greedy = { ...sll, key: 'ALL', pattern: '^\\d{12}$', checkDigit: null };
    const candidates = createIdentityClassifier([greedy]).classify(TEST_PNR[0]);
    expect(candidates).toEqual({ kind: 'ambiguous', candidates: ['PNR', 'ALL'] });
  });

  it.each([
    ['nothing', ''],
    ['an interim number fits formats of regions, none of them PNR', '20000101T220'],
    ['ten digits without a century', '0101019802'],
    ['a hundred thousand digits', `${'9'.repeat(100_000)}`],
    ['digits of another script', '１８９００１０１９８０２'],
    ['a blank inside', '18900101 9802'],
    ['two separators', '18900101--9802'],
    ['a letter that becomes another in upper case', '22790814ſſ01'],
  ])('is not taken for a personnummer or NRID: %s', (_, text) => {
    const result = classifier.classify(text);
    const keys = result.kind === 'ambiguous' ? result.candidates : [];
    expect(result.kind).not.toBe('classified');
    expect(keys.filter((key) => ['PNR', 'SNR', 'NRID'].includes(key))).toEqual([]);
  });

  it('never throws, whatever the text', { timeout: 60_000 }, () => {
    const kinds = new Set<string>();
    const anything = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom(...'0189-+ AKMXSkmxR|'), minLength: 8, maxLength: 14 }),
      fc.tuple(fc.string(), fc.nat(50_000)).map(([text, times]) => text.repeat(times)),
      fc.constantFrom(...Object.keys(SAMPLES).flatMap((key) => samplesOf(key).slice(0, 20))),
    );
    fc.assert(
      fc.property(anything, (text) => {
        kinds.add(classifier.classify(text).kind);
        for (const root of allRoots.values()) allRooted.validate(root, text);
      }),
      { numRuns: 1000 },
    );
    expect([...kinds].sort()).toEqual(['ambiguous', 'classified', 'unclassified']);
  });
});

describe('a value with a declared root', () => {
  it('is valid only under the root of its format, and comes back in its stored form', () => {
    for (const key of Object.keys(SAMPLES)) {
      const root = allRoots.get(key);
      if (root === undefined) throw new Error(`No root of ${key}.`);
      for (const text of samplesOf(key).slice(0, 50)) {
        const identity = { root, extension: text };
        const written = ` ${text.slice(0, -4)}-${text.slice(-4).toLowerCase()} `;
        expect(allRooted.validate(root, text)).toEqual({ kind: 'valid', identity });
        // The old VGR numbers tell k and K apart.
        if (key !== 'VGRG') {
          expect(allRooted.validate(root, written)).toEqual({ kind: 'valid', identity });
        }
        const elsewhere = [...allRoots].filter(
          ([, other]) => allRooted.validate(other, text).kind === 'valid',
        );
        expect(elsewhere.map(([other]) => other).sort()).toEqual([...fitting(text)].sort());
      }
    }
  });

  it('keeps the case of letters where two numbers differ by it', () => {
    const root = allRoots.get('VGRG') ?? OID_PNR;
    expect(allRooted.validate(root, '18500101k123')).toMatchObject({
      identity: { extension: '18500101k123' },
    });
  });

  it.each([
    [OID_PNR, '189001019803', 'check-digit'],
    [OID_PNR, '189002309800', 'date'],
    [OID_PNR, '18900101980', 'shape'],
    [OID_PNR, '', 'shape'],
    [OID_PNR, samplesOf('SNR')[0] ?? '', 'shape'],
    [OID_SNR, '189001019802', 'shape'],
    [OID_NRID, '189001019802', 'shape'],
    [OID_NRID, '22790814AA02', 'check-digit'],
    ['1.2.752.97.3.1.3', '991981000011', 'check-digit'],
    ['1.2.752.97.3.1.3', '99198100+0010', 'shape'],
    ['1.2.752.113.11.0.2.1.1.1', '19810231M071', 'date'],
    ['1.2.752.999', '991981000010', 'unknown-root'],
  ] as const)('says why it is not valid (%#)', (root, text, reason) => {
    expect(classifier.validate(root as Oid, text)).toEqual({ kind: 'invalid', reason });
  });

  it('is refused with any one digit of its check range changed', () => {
    for (const [key, from] of [
      ['SLL', 4],
      ['VGRL', 9],
      ['CLNK', 8],
    ] as const) {
      const root = allRoots.get(key) ?? OID_PNR;
      for (const text of samplesOf(key).slice(0, 100)) {
        for (let i = from; i < 12; i++) {
          const changed =
            text.slice(0, i) + ((Number(text[i]) + 1 + (i % 9)) % 10) + text.slice(i + 1);
          expect(allRooted.validate(root, changed).kind).toBe('invalid');
        }
      }
    }
  });
});

describe('what is read from a number where no source states it', () => {
  const root = (key: string): Oid => allRoots.get(key) ?? OID_PNR;
  const nothing = { birthDate: null, sex: null };

  it.each([
    ['a personnummer', 'PNR', TEST_PNR[0], '1890-01-01', 'female'],
    ['a Värmland number with known birth date', 'LIV', '19450829SF2B', '1945-08-29', 'female'],
    ['a Värmland number without', 'LIV', '19810829SU3A', null, 'male'],
    ['a Värmland number with unknown sex', 'LIV', '19930829SX0C', null, null],
    ['a Västra Götaland number', 'VGRL', '19810829M071', null, 'male'],
    ['a Västra Götaland number with unknown sex', 'VGRL', '19930829X802', null, null],
  ] as const)('%s', (_, key, extension, value, sex) => {
    const birthDate = value === null ? null : { precision: 'day', value };
    expect(classifier.derive({ root: root(key), extension })).toEqual({ birthDate, sex });
  });

  it('is nothing in a Stockholm number, whose year is that of issue, nor under an unknown root', () => {
    expect(classifier.derive({ root: root('SLL'), extension: '991981000010' })).toEqual(nothing);
    expect(classifier.derive({ root: '1.2.999' as Oid, extension: '1' })).toEqual(nothing);
  });
});
