import { loadMappingFiles, type MappingFiles } from '../../mapping-files/load-mapping-files.ts';

/** The mapping files of this installation, for a command that needs no other setting. */
export async function mappingFilesOf(): Promise<MappingFiles> {
  return await loadMappingFiles(new URL('../../../mappings', import.meta.url).pathname);
}
