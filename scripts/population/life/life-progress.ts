import type { LifeCounts, LifeKind } from './life-kinds.ts';

const EVERY_MS = 2_000;

/** Says now and then what has happened since it was made. Counts of kinds, and nothing of any person. */
export class LifeProgress implements Disposable {
  readonly #counts: Partial<Record<LifeKind, number>> = {};
  readonly #timer: NodeJS.Timeout;

  constructor(report: (line: string) => void) {
    this.#timer = setInterval(() => report(printLife(this.#counts)), EVERY_MS);
  }

  add(kind: LifeKind): void {
    this.#counts[kind] = (this.#counts[kind] ?? 0) + 1;
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }
}

/** One line: the sum, then each kind, most first. */
export function printLife(counts: LifeCounts): string {
  const kinds = Object.entries(counts).toSorted((a, b) => b[1] - a[1]);
  const sum = kinds.reduce((total, [, count]) => total + count, 0);
  const each = kinds.map(([kind, count]) => `${count} ${kind}`).join(', ');
  return each === '' ? 'nothing happened' : `${sum} changes: ${each}`;
}
