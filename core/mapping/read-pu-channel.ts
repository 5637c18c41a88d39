import type { ContactChannel } from './person-evidence.ts';
import type { PuCodes } from './pu-mapping.ts';
import type { RowReader } from './row-reader.ts';

export type PuContactTypes = ReadonlyMap<string, PuCodes['contactType'][string]>;

/** How to reach somebody, from the row that the reader stands on; null when the row is out of use, empty, or of a type that the hub does not keep. */
export function readPuChannel(
  reader: RowReader,
  types: PuContactTypes,
): { readonly channel: ContactChannel; readonly value: string } | null {
  const type = reader.code('contactType', types);
  const use = reader.value('use');
  const value = reader.text('value');
  if (type === null || type === 'none' || value === null || use === 'old') return null;
  return { channel: type === 'phone' && use === 'mobile' ? 'mobile' : type, value };
}
