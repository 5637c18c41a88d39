/** What an operator reads about consumers, with fixed persons: read the diff, do not just update it. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { DisclosurePreview } from '../../connectors/runtime/operations/preview-disclosure.ts';
import { printConsumer, printConsumers } from '../../connectors/runtime/operations/print-consumers.ts';
import { printDisclosures } from '../../connectors/runtime/operations/print-disclosures.ts';
import type { ConsumerProfile } from '../../core/disclosure/consumer-profile.ts';
import { disclose } from '../../core/disclosure/disclose.ts';
import type { GoldenRecord } from '../../core/golden-record/golden-record.ts';
import type { PersonKey } from '../../core/person/person-identifier.ts';
import {
  goldenIdentity,
  personOf,
  profileOf,
  protectedOf,
} from '../core/disclosure/disclosure-builder.ts';
import { LRID } from '../core/golden-record/golden-input-builder.ts';
import { pnr } from '../support/person-builder.ts';
import { mappingFiles } from '../support/test-rules.ts';

const golden = (name: string): string => join(import.meta.dirname, 'operator', `${name}.txt`);

const KEY = '7b0c9a52-3f1d-4c55-9d0e-2b1f6a8c4e10' as PersonKey;
const FORMER_KEY = '11111111-1111-4111-8111-111111111111' as PersonKey;
const { consumers } = mappingFiles;

const consumer = (name: string): ConsumerProfile =>
  consumers.get(name) ?? expect.fail(`no profile is called ${name}`);

const WITH_TWO_NUMBERS = personOf({ identities: [goldenIdentity(pnr(), true), goldenIdentity(LRID)] });

function previewOf(
  profile: ConsumerProfile,
  person: GoldenRecord | null,
  change: Partial<DisclosurePreview> = {},
): DisclosurePreview {
  const disclosure = disclose(person, profile, { isListed: true, wasSent: false });
  return { asked: KEY, personKey: KEY, version: 4, disclosure, ...change };
}

describe('hub consumers list', () => {
  it('prints every consumer, by name', async () => {
    await expect(`${printConsumers(consumers)}\n`).toMatchFileSnapshot(golden('consumers-list'));
  });

  it('says so when there is none', () => {
    expect(printConsumers(new Map())).toBe(
      'There are no consumers: mappings/consumers has no file.',
    );
  });
});

describe('hub consumers show', () => {
  it('prints each profile in words', async () => {
    const text = [...consumers.values()].map(printConsumer).join('\n\n');
    await expect(`${text}\n`).toMatchFileSnapshot(golden('consumers-show'));
  });
});

describe('hub consumers preview', () => {
  const cosmic = consumer('cosmic');
  const persons = [WITH_TWO_NUMBERS, protectedOf()].map((person) => previewOf(cosmic, person));

  it('prints the fields of a person, and no value', async () => {
    const text = printDisclosures(cosmic, persons, { showValues: false });
    for (const value of ['189001019802', LRID.extension, 'Testberg', '1890', 'Provgatan', '0380', '+467', 'mother'])
      expect(text).not.toContain(value);
    await expect(`${text}\n`).toMatchFileSnapshot(golden('consumers-preview'));
  });

  it('prints values when they are asked for', async () => {
    const text = printDisclosures(cosmic, persons, { showValues: true });
    expect(text).not.toContain('[masked]');
    await expect(`${text}\n`).toMatchFileSnapshot(golden('consumers-preview-values'));
  });

  it('says why a person is left out, what it takes for given, and where a key leads', async () => {
    const warehouse = consumer('warehouse');
    const pasis = consumer('pasis');
    const onlyReserve = profileOf({ name: 'reserve-only', mainIdentity: ['NRID'] });
    const list = profileOf({ name: 'by-list', persons: { kind: 'list' } });
    const notListed = disclose(personOf(), list, { isListed: false, wasSent: false });
    const previews = [
      [cosmic, previewOf(cosmic, null, { version: null, asked: FORMER_KEY })],
      [warehouse, previewOf(warehouse, protectedOf())],
      [pasis, previewOf(pasis, personOf({ membership: null }))],
      [onlyReserve, previewOf(onlyReserve, personOf())],
      [list, previewOf(list, personOf(), { disclosure: notListed })],
    ] as const;
    const text = previews
      .map(([profile, preview]) => printDisclosures(profile, [preview], { showValues: false }))
      .join('\n\n');
    await expect(`${text}\n`).toMatchFileSnapshot(golden('consumers-left-out'));
  });
});
