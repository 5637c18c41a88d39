import { SeededRandom } from './seeded-random.ts';

/**
 * A range of numbers given out in an order that looks mixed and never repeats, without remembering any: position i becomes
 * i × step + start, modulo the size, and the step has no divisor in common with the size. So it can be turned around as well.
 */
export class MixedRange {
  readonly size: number;
  readonly #step: number;
  readonly #start: number;
  readonly #inverse: bigint;

  /** The size must be less than 2^53 divided by the highest position: then nothing is rounded. */
  constructor(size: number, seed: number) {
    this.size = size;
    const random = new SeededRandom(seed);
    this.#start = random.below(size);
    let step = Math.floor(size * 0.6180339887) - random.below(1000);
    while (divisor(step, size) !== 1) step += 1;
    this.#step = step;
    this.#inverse = inverse(BigInt(step), BigInt(size));
  }

  /** @throws RangeError when the range is used up. */
  at(index: number): number {
    if (index < 0 || index >= this.size) {
      throw new RangeError(`Only ${this.size} numbers in this range.`);
    }
    return (index * this.#step + this.#start) % this.size;
  }

  /** The position of a number of the range: `at` turned around. */
  indexOf(place: number): number {
    const size = BigInt(this.size);
    // The products are too large for a double.
    const steps = (BigInt(place - this.#start) + size) % size;
    return Number((steps * this.#inverse) % size);
  }
}

function divisor(a: number, b: number): number {
  return b === 0 ? a : divisor(b, a % b);
}

/** Euclid's algorithm, extended: value × result = 1, modulo the size. */
function inverse(value: bigint, size: bigint): bigint {
  let [before, rest] = [size, value];
  let [factorBefore, factor] = [0n, 1n];
  while (rest !== 0n) {
    const times = before / rest;
    [before, rest] = [rest, before - times * rest];
    [factorBefore, factor] = [factor, factorBefore - times * factor];
  }
  return ((factorBefore % size) + size) % size;
}
