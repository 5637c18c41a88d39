import type { CertifiedState } from '../../../core/disclosure/certification.ts';

/** What a consumer says after it handled one record of a certification. */
export interface CertificationAnswer {
  /** The `ce_id` of the record. */
  readonly id: string;
  /** What it has of the person now; null: it forgot, as the order said. */
  readonly state: CertifiedState | null;
}

const HAS: ReadonlySet<unknown> = new Set<CertifiedState['has']>([
  'person',
  'protected-person',
  'gone',
]);

/**
 * Reads an answer: JSON, `{"id", "generation", "version", "has"}` after a state or a tombstone, `{"id", "forgot": true}` after an order. `has` is
 * `person`, `protected-person` or `gone`.
 * @returns undefined for anything else.
 */
export function readAnswer(value: Buffer | null): CertificationAnswer | undefined {
  const parsed = parseJson(value);
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { id, generation, version, has, forgot } = parsed as Readonly<Record<string, unknown>>;
  if (typeof id !== 'string') return undefined;
  if (forgot === true) return { id, state: null };
  if (!Number.isSafeInteger(generation) || !Number.isSafeInteger(version)) return undefined;
  if (!HAS.has(has)) return undefined;
  return {
    id,
    state: {
      generation: Number(generation),
      version: Number(version),
      has: has as CertifiedState['has'],
    },
  };
}

function parseJson(value: Buffer | null): unknown {
  try {
    return value === null ? undefined : JSON.parse(value.toString('utf8'));
  } catch {
    return undefined;
  }
}
