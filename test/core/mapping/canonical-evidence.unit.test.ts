import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadMappingFiles } from '../../../connectors/mapping-files/load-mapping-files.ts';
import { createMasterMapper } from '../../../core/mapping/map-master-record.ts';
import type { SourceRecord, SourceRow } from '../../../core/sync/source-record.ts';
import { ADDRESS_ROW, CONTACT_ROW, masterRecord } from './master-row-builder.ts';

const { masterMapping, classifier, areas } = await loadMappingFiles(
  new URL('../../../mappings', import.meta.url).pathname,
);
const mapper = createMasterMapper({ mapping: masterMapping, classifier, areas });

describe('evidence is canonical', () => {
  const shuffled = <T>(items: readonly T[]) =>
    fc.shuffledSubarray([...items], { minLength: items.length });
  const rows = {
    addresses: [
      ADDRESS_ROW,
      { ...ADDRESS_ROW, addressKind: 'SP', line2: 'Box 1' },
      { ...ADDRESS_ROW, addressKind: 'SP', line2: 'Box 2' },
      { ...ADDRESS_ROW, addressKind: 'UT', country: 'Norge' },
    ],
    contacts: [
      CONTACT_ROW,
      { ...CONTACT_ROW, sequence: '2', value: '0701740606' },
      { ...CONTACT_ROW, channel: 'EP', value: 'eva@example.se' },
    ],
  };
  const text = (record: SourceRecord) => {
    const result = mapper.map(record);
    expect(result.kind).toBe('mapped');
    return JSON.stringify(result);
  };

  it('whatever the order in which rows and columns were read', () => {
    const expected = text(masterRecord({}, rows));
    fc.assert(
      fc.property(
        shuffled(rows.addresses),
        shuffled(rows.contacts),
        shuffled(Object.entries(masterRecord().person)),
        (addressRows, contactRows, columns) => {
          const record = masterRecord({}, { contacts: contactRows, addresses: addressRows });
          const person = Object.fromEntries(columns);
          expect(text({ ...record, person })).toBe(expected);
        },
      ),
    );
  });

  it('whatever the way of writing the same content', () => {
    const padded = Object.entries(masterRecord().person).map(
      ([field, value]): [string, string | null] => [field, value && `${value}  `],
    );
    const person: SourceRow = {
      ...Object.fromEntries(padded),
      birthDate: '1890-01-01',
      municipalityCode: '0380',
    };
    const record = { ...masterRecord(), person, readAt: '2030-01-01T00:00:00Z', snapshot: true };
    expect(text(record)).toBe(text(masterRecord()));
  });
});
