import { findDoubledKeys } from './find-doubled-keys.ts';
import type { Report } from './mapping-problem.ts';
import type { Shape } from './mapping-schemas.ts';

/** @returns undefined after every fault was reported, or when there is no text. */
export function readJson<T>(
  text: string | undefined,
  shape: Shape<T>,
  report: Report,
): T | undefined {
  if (text === undefined) return undefined;
  const json = parseJson(text);
  if (json === undefined) {
    report('', 'is not JSON');
    return undefined;
  }
  for (const path of findDoubledKeys(text)) report(path, 'stands twice');
  return shape.read(json.value, report);
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    // The parser's message quotes the text around the fault, which is the operator's to look at, not the log's.
    return undefined;
  }
}
