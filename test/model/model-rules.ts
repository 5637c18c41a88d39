import { createHash } from 'node:crypto';
import { loadMappingFiles } from '../../connectors/mapping-files/load-mapping-files.ts';
import type { ContentHash } from '../../core/person/person-identifier.ts';
import type { DecideRules } from '../../core/sync/decide-batch.ts';

const files = loadMappingFiles(new URL('../../mappings', import.meta.url).pathname);

/** The rules of the project's own mapping files. */
export async function modelRules(dropsTestPersons: boolean): Promise<DecideRules> {
  const { authority, region } = await files;
  return {
    hasher: {
      hash: (text) => createHash('sha256').update(text).digest('base64url') as ContentHash,
    },
    events: { homeCounties: region.homeCounties },
    golden: { authority, dropsTestPersons },
  };
}
