/** Zero crossings of the sinc on each side. */
const zeroCrossings = 80;
/** Shape of the Kaiser window: what it stops is 130 dB down. */
const beta = 13.6;
/** Where the band ends that passes half, as a share of the lower Nyquist rate: at that rate, all is stopped. */
const cutoff = 0.946;

/** Filters that interpolate between samples, one for each fraction of a sample. */
export interface InterpolationFilters {
  /** [phases, length]: phase p of n gives the value p / n samples after the one in the middle. */
  readonly filters: Float32Array;
  readonly length: number;
  /** How many samples of a filter lie before the one from which fractions are counted. */
  readonly before: number;
}

/** How long the filters are that go from one rate to another, in samples of the first. */
export function sincLength(ratio: number): number {
  return 2 * Math.ceil(zeroCrossings / cutoff / Math.min(1, ratio));
}

/**
 * Returns band-limited interpolation filters, sincs under a Kaiser window, for `phases` fractions of a sample; `ratio` is
 * the output's rate over the input's. Each passes a constant as it is. They are padded with zeros to multiples of `unit`.
 * @see Smith, "Digital Audio Resampling", https://ccrma.stanford.edu/~jos/resample/
 */
export function interpolationFilters(
  phases: number,
  ratio: number,
  unit: number,
): InterpolationFilters {
  const taps = sincLength(ratio);
  const before = taps / 2 - 1;
  const length = Math.ceil(taps / unit) * unit;
  const scale = cutoff * Math.min(1, ratio);
  const reach = zeroCrossings / scale;
  const filters = new Float32Array(phases * length);
  const values = new Float64Array(taps);
  for (let phase = 0; phase < phases; phase++) {
    let sum = 0;
    for (let tap = 0; tap < taps; tap++) {
      const distance = tap - before - phase / phases;
      values[tap] = sinc(distance * scale) * kaiser(distance / reach);
      sum += values[tap]!;
    }
    for (let tap = 0; tap < taps; tap++) filters[phase * length + tap] = values[tap]! / sum;
  }
  return { filters, length, before };
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

/** The Kaiser window at a place from -1 to 1, but for a factor. */
function kaiser(place: number): number {
  return place * place < 1 ? besselI0(beta * Math.sqrt(1 - place * place)) : 0;
}

/** The modified Bessel function of order zero, by its series. */
function besselI0(x: number): number {
  const quarter = (x * x) / 4;
  let [term, sum] = [1, 1];
  for (let n = 1; term > 1e-12 * sum; n++) {
    term *= quarter / (n * n);
    sum += term;
  }
  return sum;
}
