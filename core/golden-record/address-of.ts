import type { GoldenRecord } from './golden-record.ts';

/**
 * One text for one place to live, so that who lives where a protected person was published can be found. Without care of: that names a person, not
 * a place. Personal data: only its hash is kept.
 *
 * @returns null for somebody protected, and when no street or the like is known: a postal town is not a place to live.
 */
export function residentialAddressText(golden: GoldenRecord | null): string | null {
  if (golden?.kind !== 'person') return null;
  const address = golden.addresses.find(({ kind }) => kind === 'residential');
  const lines = address?.lines.map(canonical).filter((line) => line !== '') ?? [];
  if (address === undefined || lines.length === 0) return null;
  return [...lines, canonical(address.postalCode ?? ''), canonical(address.city ?? '')].join('|');
}

function canonical(text: string): string {
  return text.normalize('NFC').replace(/\s+/g, ' ').trim().toUpperCase();
}
