/** The state of a generator: four 32-bit words. */
export type RandomState = readonly [number, number, number, number];

/** Hashes strings and numbers to one 32-bit seed (FNV-1a over their text). */
function hashSeed(parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  for (const character of parts.join("\u0000")) {
    hash = Math.imul(hash ^ (character.codePointAt(0) ?? 0), 0x01000193);
  }
  return hash >>> 0;
}

/**
 * Seeded pseudo-random numbers (sfc32). The same seed gives the same numbers on every machine.
 * The seed includes the purpose of the generator: `new Random(seed, "dropout", epoch, step)`.
 * @see http://pracrand.sourceforge.net, "sfc"
 */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter = 1;

  constructor(...seed: readonly (string | number)[]) {
    const hash = hashSeed(seed);
    this.#a = hash;
    this.#b = hash ^ 0x9e3779b9;
    this.#c = hash ^ 0x243f6a88;
    for (let round = 0; round < 15; round++) this.uint32();
  }

  /** Returns a generator that continues from `state`. */
  static from(state: RandomState): Random {
    const random = new Random();
    [random.#a, random.#b, random.#c, random.#counter] = state;
    return random;
  }

  get state(): RandomState {
    return [this.#a, this.#b, this.#c, this.#counter];
  }

  /** Returns a whole number in [0, 2³²). */
  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** Returns a number in [low, high), by default [0, 1). */
  uniform(low = 0, high = 1): number {
    return low + (high - low) * (this.uint32() / 2 ** 32);
  }

  /** Returns a whole number in [0, end). @throws RangeError unless `end` is a positive whole number */
  integer(end: number): number {
    if (!Number.isInteger(end) || end < 1) {
      throw new RangeError(`Random.integer: end must be a positive whole number, got ${end}`);
    }
    return Math.floor(this.uniform(0, end));
  }

  /** Returns a sample of the standard normal distribution (Box and Muller). */
  normal(): number {
    return Math.sqrt(-2 * Math.log(1 - this.uniform())) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Returns a sample of the gamma distribution of scale 1 (Marsaglia and Tsang). @throws RangeError unless `shape` > 0 */
  gamma(shape: number): number {
    if (!(shape > 0)) throw new RangeError(`Random.gamma: shape must be positive, got ${shape}`);
    if (shape < 1) return this.gamma(shape + 1) * (1 - this.uniform()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / Math.sqrt(9 * d);
    for (;;) {
      const x = this.normal();
      const v = (1 + c * x) ** 3;
      if (v > 0 && Math.log(1 - this.uniform()) < 0.5 * x * x + d * (1 - v + Math.log(v))) {
        return d * v;
      }
    }
  }

  /** Returns a new array of the items in random order (Fisher and Yates). */
  shuffle<T>(items: readonly T[]): T[] {
    const shuffled = [...items];
    for (let last = shuffled.length - 1; last > 0; last--) {
      const other = this.integer(last + 1);
      [shuffled[last], shuffled[other]] = [shuffled[other]!, shuffled[last]!];
    }
    return shuffled;
  }

  /** Returns one of the items. */
  pick<T>(items: readonly T[]): T {
    return items[this.integer(items.length)]!;
  }
}
