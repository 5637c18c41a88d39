import { loadMappingFiles } from '../../connectors/mapping-files/load-mapping-files.ts';
import { createMasterMapper, type MasterMapper } from '../../core/mapping/map-master-record.ts';
import type { TableMapping } from '../../core/mapping/master-mapping.ts';
import type { IdentityClassifier } from '../../core/person/classify-identity.ts';
import type { SourceRecord, SourceRow } from '../../core/sync/source-record.ts';
import type { LegacyRows } from '../../scripts/population/legacy-rows.ts';
import { createPopulation, type Population } from '../../scripts/population/population.ts';
import type { PopulationShares } from '../../scripts/population/population-shares.ts';
import { readRegion } from '../../scripts/population/synthetic-places.ts';

const MAPPINGS = new URL('../../mappings/', import.meta.url);

const REGION = readRegion(new URL('code-tables/municipalities.csv', MAPPINGS));
export const MUNICIPALITIES = REGION.municipalities;

/** A population of this size, with the project's own tables. */
export function populationOf(persons: number, seed = 1, shares?: PopulationShares): Population {
  const options = { seed, persons, region: REGION };
  return createPopulation(shares === undefined ? options : { ...options, shares });
}

/** What knows the formats of the project's own tables. */
export async function openClassifier(): Promise<IdentityClassifier> {
  return (await loadMappingFiles(MAPPINGS.pathname)).classifier;
}

/** What the hub makes of a legacy row, without Master and Kafka between. */
export async function openLegacyMapper(): Promise<{
  readonly map: (rows: LegacyRows) => ReturnType<MasterMapper['map']>;
}> {
  const { masterMapping: mapping, classifier, areas } = await loadMappingFiles(MAPPINGS.pathname);
  const mapper = createMasterMapper({ mapping, classifier, areas });
  const children = { addresses: 'addresses', contacts: 'contacts' } as const;
  return {
    map: (rows) => {
      const record: SourceRecord = {
        source: 'master',
        operation: 'upsert',
        position: { epoch: 1, version: 1n },
        snapshot: true,
        readAt: '2025-01-01T00:00:00.000Z',
        person: sourceRow(rows.person, mapping.person),
        children: Object.fromEntries(
          mapping.children.map((child) => [
            child.name,
            rows[children[child.name as keyof typeof children]].map((row) => sourceRow(row, child)),
          ]),
        ),
      };
      return mapper.map(record);
    },
  };
}

function sourceRow(row: object, table: TableMapping): SourceRow {
  const values = row as Readonly<Record<string, string | number | boolean | null | undefined>>;
  return Object.fromEntries(
    Object.entries(table.columns).map(([field, { column }]) => {
      const value = values[column] ?? null;
      return [
        field,
        typeof value === 'boolean' ? (value ? '1' : '0') : (value?.toString() ?? null),
      ];
    }),
  );
}
