/**
 * Fourier transform of real signals of one length, a power of two, with precomputed tables: a complex transform of half
 * the length and one pass that separates even and odd samples. Not reentrant: it has scratch memory.
 * @see Press et al., Numerical Recipes, 12.3
 */
export class RealFft {
  readonly length: number;
  /** Number of bins from 0 Hz to half the sample rate: `length / 2 + 1`. */
  readonly bins: number;
  readonly #half: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #reversed: Uint32Array;
  readonly #re: Float64Array;
  readonly #im: Float64Array;

  /** @throws RangeError when `length` is not a power of two, at least 4 */
  constructor(length: number) {
    if (!(length >= 4 && length <= 2 ** 30 && Number.isInteger(Math.log2(length)))) {
      throw new RangeError(`RealFft: length must be a power of two from 4, got ${length}`);
    }
    const half = length / 2;
    this.length = length;
    this.bins = half + 1;
    this.#half = half;
    this.#cos = Float64Array.from({ length: half }, (_, n) => Math.cos((2 * Math.PI * n) / length));
    this.#sin = Float64Array.from({ length: half }, (_, n) => Math.sin((2 * Math.PI * n) / length));
    const bits = Math.log2(half);
    this.#reversed = new Uint32Array(half);
    for (let n = 1; n < half; n++) {
      this.#reversed[n] = (this.#reversed[n >> 1]! >> 1) | ((n & 1) << (bits - 1));
    }
    this.#re = new Float64Array(half);
    this.#im = new Float64Array(half);
  }

  /** Writes the spectrum of `signal` [length] to `re` and `im` [bins]: `Σ x[n] exp(-2πi kn / length)`. */
  forward(signal: ArrayLike<number>, re: Float64Array, im: Float64Array): void {
    const half = this.#half;
    const zRe = this.#re;
    const zIm = this.#im;
    for (let n = 0; n < half; n++) {
      const from = 2 * this.#reversed[n]!;
      zRe[n] = signal[from]!;
      zIm[n] = signal[from + 1]!;
    }
    this.#butterflies();
    re[0] = zRe[0]! + zIm[0]!;
    im[0] = 0;
    re[half] = zRe[0]! - zIm[0]!;
    im[half] = 0;
    for (let k = 1; k < half; k++) {
      const evenRe = (zRe[k]! + zRe[half - k]!) / 2;
      const evenIm = (zIm[k]! - zIm[half - k]!) / 2;
      const oddRe = (zIm[k]! + zIm[half - k]!) / 2;
      const oddIm = (zRe[half - k]! - zRe[k]!) / 2;
      const cos = this.#cos[k]!;
      const sin = this.#sin[k]!;
      re[k] = evenRe + cos * oddRe + sin * oddIm;
      im[k] = evenIm + cos * oddIm - sin * oddRe;
    }
  }

  /** Writes the inverse transform of `re` and `im` [bins] to `signal` [length]. */
  inverse(re: Float64Array, im: Float64Array, signal: Float32Array | Float64Array): void {
    const half = this.#half;
    const zRe = this.#re;
    const zIm = this.#im;
    // Of the conjugate, the forward butterflies compute the conjugate of the inverse.
    for (let k = 0; k < half; k++) {
      const evenRe = re[k]! + re[half - k]!;
      const evenIm = im[k]! - im[half - k]!;
      const differenceRe = re[k]! - re[half - k]!;
      const differenceIm = im[k]! + im[half - k]!;
      const cos = this.#cos[k]!;
      const sin = this.#sin[k]!;
      const oddRe = cos * differenceRe - sin * differenceIm;
      const oddIm = cos * differenceIm + sin * differenceRe;
      const to = this.#reversed[k]!;
      zRe[to] = evenRe - oddIm;
      zIm[to] = -(evenIm + oddRe);
    }
    this.#butterflies();
    for (let n = 0; n < half; n++) {
      signal[2 * n] = zRe[n]! / this.length;
      signal[2 * n + 1] = -zIm[n]! / this.length;
    }
  }

  /** Complex transform of the scratch, whose input is in bit-reversed order, in place. */
  #butterflies(): void {
    const half = this.#half;
    const re = this.#re;
    const im = this.#im;
    for (let width = 1; width < half; width *= 2) {
      const stride = half / width; // step in the tables of `length` points
      for (let start = 0; start < half; start += 2 * width) {
        for (let k = 0; k < width; k++) {
          const cos = this.#cos[k * stride]!;
          const sin = this.#sin[k * stride]!;
          const upper = start + k;
          const lower = upper + width;
          const lowerRe = re[lower]! * cos + im[lower]! * sin;
          const lowerIm = im[lower]! * cos - re[lower]! * sin;
          re[lower] = re[upper]! - lowerRe;
          im[lower] = im[upper]! - lowerIm;
          re[upper] = re[upper]! + lowerRe;
          im[upper] = im[upper]! + lowerIm;
        }
      }
    }
  }
}
