import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadMappingFiles } from '../../../connectors/mapping-files/load-mapping-files.ts';
import { createIdentityClassifier } from '../../../core/person/classify-identity.ts';
import { OID_NRID, type Oid } from '../../../core/person/person-identifier.ts';
import { describeWithShared, readSharedJson } from '../../support/shared-data.ts';

/** A format is data: these tests read whatever `mappings/reserve-numbers/` holds, so that a new region changes no test. */
const MAPPINGS = new URL('../../../mappings', import.meta.url).pathname;
const { reserveNumberFormats: formats } = await loadMappingFiles(MAPPINGS);

interface Example {
  readonly line: number;
  readonly format: string;
  readonly value: string;
  readonly expected: string;
  readonly note: string;
}

const examples: readonly Example[] = readFileSync(
  `${MAPPINGS}/reserve-numbers/examples.csv`,
  'utf8',
)
  .split('\n')
  .map((text, index): Example => {
    const [format = '', value = '', expected = '', note = ''] = text.split(',');
    return { line: index + 1, format, value, expected, note };
  })
  .filter(({ line, format }) => line > 2 && format !== '');

/** As if every issuer's OID were known, so that every format can be asked by its root. */
const roots = new Map<string, Oid>([
  ['NRID', OID_NRID],
  ...formats.map((f, i): [string, Oid] => [f.key, f.root ?? (`1.2.999.${i}` as Oid)]),
]);
const classifier = createIdentityClassifier(
  formats.map((f) => ({ ...f, root: roots.get(f.key) ?? f.root })),
);

describe('examples.csv', () => {
  it.each(examples)('line $line: $format is $expected ($note)', ({ format, value, expected }) => {
    const root = roots.get(format);
    if (root === undefined) return expect.fail(`${format} is not a format in formats.json`);
    expect(['valid', 'invalid']).toContain(expected);
    expect(classifier.validate(root, value).kind).toBe(expected);
  });

  it.each(['NRID', ...formats.filter((f) => f.pattern !== null).map((f) => f.key)])(
    'has rows of %s that fit and rows that do not',
    (key) => {
      const answers = examples.filter((row) => row.format === key).map((row) => row.expected);
      expect(new Set(answers)).toEqual(new Set(['valid', 'invalid']));
    },
  );
});

const PUBLISHED = 'codes/reserve-number-formats.json';

interface PublishedFormat {
  readonly key: string;
  readonly name: string;
  readonly oid: string | null;
  readonly regexJs: string | null;
  readonly checksum: string | null;
  readonly examples: readonly string[];
}

describeWithShared('the published formats', PUBLISHED, () => {
  const published = () =>
    readSharedJson<{ formats: readonly PublishedFormat[] }>(PUBLISHED).formats;
  const local = () => published().filter(({ key }) => key !== 'NRID');

  it('are all in formats.json, with their OID and check digit where there is one', () => {
    const summary = ({ key, root, checkDigit }: (typeof formats)[number]) => [
      key,
      root,
      checkDigit !== null,
    ];
    expect(formats.map(summary).toSorted()).toEqual(
      local()
        .map(({ key, oid, checksum }) => [key, oid, checksum !== null])
        .toSorted(),
    );
  });

  it('accept every published example, and each stands in examples.csv', () => {
    for (const { key, examples: values } of published()) {
      const root = roots.get(key) ?? ('' as Oid);
      const rows = examples.filter((row) => row.format === key).map((row) => row.value);
      const refused = values.filter((value) => classifier.validate(root, value).kind !== 'valid');
      expect({ key, refused }).toEqual({ key, refused: [] });
      expect(rows).toEqual(expect.arrayContaining([...values]));
    }
  });

  it('without a check digit agree with the published pattern on the rows of every format', () => {
    const plain = examples
      .map(({ value }) => value)
      .filter((value) => !value.includes('-') && value === value.toUpperCase());
    const compared = local().flatMap(({ key, regexJs, checksum }) => {
      const root = roots.get(key);
      if (regexJs === null || checksum !== null || root === undefined) return [];
      const fits = plain.filter((value) => classifier.validate(root, value).kind === 'valid');
      expect({ key, fits }).toEqual({
        key,
        fits: plain.filter((v) => new RegExp(regexJs).test(v)),
      });
      return [key];
    });
    expect(compared.length).toBeGreaterThan(8);
  });
});
