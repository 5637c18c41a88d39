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
  const published = readSharedJson<{ formats: readonly PublishedFormat[] }>(PUBLISHED).formats;
  const local = published.filter(({ key }) => key !== 'NRID');

  it('are all in formats.json, with their OID and check digit where there is one', () => {
    const summary = ({ key, root, checkDigit }: (typeof formats)[number]) => [
      key,
      root,
      checkDigit !== null,
    ];
    expect(formats.map(summary).toSorted()).toEqual(
      local.map(({ key, oid, checksum }) => [key, oid, checksum !== null]).toSorted(),
    );
  });

  it.each(published.map(({ key, examples: values }) => ({ key, values })))(
    'accept every published example of $key, which stands in examples.csv',
    ({ key, values }) => {
      const root = roots.get(key) ?? ('' as Oid);
      const rows = examples.filter((row) => row.format === key).map((row) => row.value);
      expect(values.filter((value) => classifier.validate(root, value).kind !== 'valid')).toEqual(
        [],
      );
      expect(values.filter((value) => !rows.includes(value))).toEqual([]);
    },
  );

  it.each(local.flatMap(({ key, regexJs }) => (regexJs === null ? [] : [{ key, regexJs }])))(
    'of $key agree with the published pattern on every example row without a check digit',
    ({ key, regexJs }) => {
      const format = formats.find((f) => f.key === key);
      if (format?.checkDigit !== null) return;
      const plain = examples
        .map(({ value }) => value)
        .filter((value) => !value.includes('-') && value === value.toUpperCase());
      const fits = (value: string) =>
        classifier.validate(roots.get(key) ?? OID_NRID, value).kind === 'valid';
      expect(plain.filter(fits)).toEqual(plain.filter((value) => new RegExp(regexJs).test(value)));
    },
  );
});
