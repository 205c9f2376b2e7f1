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
    const reversed = this.#reversed;
    const cosines = this.#cos;
    const sines = this.#sin;
    const zRe = this.#re;
    const zIm = this.#im;
    for (let n = 0; n < half; n++) {
      const from = 2 * reversed[n]!;
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
      const cos = cosines[k]!;
      const sin = sines[k]!;
      re[k] = evenRe + cos * oddRe + sin * oddIm;
      im[k] = evenIm + cos * oddIm - sin * oddRe;
    }
  }

  /** Writes the inverse transform of `re` and `im` [bins] to `signal` [length]. */
  inverse(re: Float64Array, im: Float64Array, signal: Float32Array | Float64Array): void {
    const half = this.#half;
    const reversed = this.#reversed;
    const cosines = this.#cos;
    const sines = this.#sin;
    const zRe = this.#re;
    const zIm = this.#im;
    // Of the conjugate, the forward butterflies compute the conjugate of the inverse.
    for (let k = 0; k < half; k++) {
      const evenRe = re[k]! + re[half - k]!;
      const evenIm = im[k]! - im[half - k]!;
      const differenceRe = re[k]! - re[half - k]!;
      const differenceIm = im[k]! + im[half - k]!;
      const cos = cosines[k]!;
      const sin = sines[k]!;
      const oddRe = cos * differenceRe - sin * differenceIm;
      const oddIm = cos * differenceIm + sin * differenceRe;
      const to = reversed[k]!;
      zRe[to] = evenRe - oddIm;
      zIm[to] = -(evenIm + oddRe);
    }
    this.#butterflies();
    const scale = 1 / this.length; // exact: a power of two
    for (let n = 0; n < half; n++) {
      signal[2 * n] = zRe[n]! * scale;
      signal[2 * n + 1] = -zIm[n]! * scale;
    }
  }

  /** Complex transform of the scratch, whose input is in bit-reversed order, in place: two stages at once while there are two. */
  #butterflies(): void {
    const half = this.#half;
    const cos = this.#cos;
    const sin = this.#sin;
    const re = this.#re;
    const im = this.#im;
    let width = 1;
    for (; 2 * width < half; width *= 4) {
      const stride = half / width / 2; // step in the tables of `length` points
      for (let k = 0; k < width; k++) {
        const c1 = cos[k * stride]!;
        const s1 = sin[k * stride]!;
        const c2 = cos[2 * k * stride]!;
        const s2 = sin[2 * k * stride]!;
        for (let a = k; a < half; a += 4 * width) {
          const b = a + width;
          const c = b + width;
          const d = c + width;
          const bRe = re[b]! * c2 + im[b]! * s2;
          const bIm = im[b]! * c2 - re[b]! * s2;
          const dRe = re[d]! * c2 + im[d]! * s2;
          const dIm = im[d]! * c2 - re[d]! * s2;
          const sumRe = re[a]! + bRe;
          const sumIm = im[a]! + bIm;
          const differenceRe = re[a]! - bRe;
          const differenceIm = im[a]! - bIm;
          const upperRe = re[c]! + dRe;
          const upperIm = im[c]! + dIm;
          const lowerRe = re[c]! - dRe;
          const lowerIm = im[c]! - dIm;
          const evenRe = upperRe * c1 + upperIm * s1;
          const evenIm = upperIm * c1 - upperRe * s1;
          // A quarter turn further: times -i.
          const oddRe = lowerIm * c1 - lowerRe * s1;
          const oddIm = -lowerRe * c1 - lowerIm * s1;
          re[a] = sumRe + evenRe;
          im[a] = sumIm + evenIm;
          re[b] = differenceRe + oddRe;
          im[b] = differenceIm + oddIm;
          re[c] = sumRe - evenRe;
          im[c] = sumIm - evenIm;
          re[d] = differenceRe - oddRe;
          im[d] = differenceIm - oddIm;
        }
      }
    }
    if (width === half) return;
    for (let upper = 0, lower = width; upper < width; upper++, lower++) {
      const c = cos[2 * upper]!;
      const s = sin[2 * upper]!;
      const lowerRe = re[lower]! * c + im[lower]! * s;
      const lowerIm = im[lower]! * c - re[lower]! * s;
      re[lower] = re[upper]! - lowerRe;
      im[lower] = im[upper]! - lowerIm;
      re[upper] = re[upper]! + lowerRe;
      im[upper] = im[upper]! + lowerIm;
    }
  }
}
