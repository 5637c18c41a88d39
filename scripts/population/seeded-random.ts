/**
 * A small random source with a seed (splitmix32): the same seed and stream give the same draws on every machine. For made-up
 * data only, never for keys or secrets.
 */
export class SeededRandom {
  #state: number;

  /** `stream` gives each thing that is made its own draws, so that it comes out the same whatever was made before it. */
  constructor(seed: number, stream = 0) {
    this.#state = mix(mix(seed) ^ Math.imul(stream + 1, 0x85ebca6b));
  }

  /** A whole number from 0 to 2^32 - 1. */
  next(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    return mix(this.#state);
  }

  /** A whole number from 0 to `limit` - 1. */
  below(limit: number): number {
    return Math.floor((this.next() / 0x1_0000_0000) * limit);
  }

  /** A whole number from `first` to `last`, both included. */
  between(first: number, last: number): number {
    return first + this.below(last - first + 1);
  }

  /** True in this share of the calls. */
  chance(share: number): boolean {
    return this.next() < share * 0x1_0000_0000;
  }

  /** One of the list. @throws RangeError on an empty list. */
  pick<T>(list: readonly T[]): T {
    const picked = list[this.below(list.length)];
    if (picked === undefined) throw new RangeError('Nothing to pick from.');
    return picked;
  }

  /** One of the list, the early ones more often than the late ones, as names and towns are in the world. */
  pickEarly<T>(list: readonly T[]): T {
    const picked = list[Math.min(this.below(list.length), this.below(list.length))];
    if (picked === undefined) throw new RangeError('Nothing to pick from.');
    return picked;
  }

  /** One of the names, each with the share that the table gives it; the last one takes what is left. */
  pickByShare<K extends string>(shares: readonly (readonly [K, number])[]): K {
    let left = this.next() / 0x1_0000_0000;
    let last: K | undefined;
    for (const [name, share] of shares) {
      if (left < share) return name;
      left -= share;
      last = name;
    }
    if (last === undefined) throw new RangeError('Nothing to pick from.');
    return last;
  }
}

function mix(value: number): number {
  let z = value | 0;
  z = Math.imul(z ^ (z >>> 16), 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}
