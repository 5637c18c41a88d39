import { join } from 'node:path';
import { loadMappingFiles } from '../../connectors/mapping-files/load-mapping-files.ts';
import type { DecideRules } from '../../core/sync/decide-batch.ts';
import { plainHasher } from './person-builder.ts';

/** The mapping files of the project. */
export const mappingFiles = await loadMappingFiles(join(import.meta.dirname, '../../mappings'));

/** What persons are decided by in tests: the project's own authority table, and hashes that can be read. */
export const testRules: DecideRules = {
  hasher: plainHasher,
  events: { homeCounties: mappingFiles.region.homeCounties },
  golden: { authority: mappingFiles.authority, dropsTestPersons: false },
};
