/** `slaney`: linear below 1 kHz and logarithmic above (Auditory Toolbox). `htk`: 2595 log₁₀(1 + f / 700). */
export type MelScale = "slaney" | "htk";

export interface MelFilterbankOptions {
  /** Hz */
  readonly sampleRate: number;
  /** Length of the Fourier transform in samples. */
  readonly nFft: number;
  readonly nMels: number;
  /** Lower edge of the first filter in Hz. */
  readonly fMin: number;
  /** Upper edge of the last filter in Hz, at most half the sample rate. */
  readonly fMax: number;
  readonly scale: MelScale;
  /** `slaney`, the default, gives every triangle the area 1 (over Hz); `none` the height 1. */
  readonly norm?: "slaney" | "none";
}

// The Auditory Toolbox's scale: 15 mel at 1 kHz, then 27 mel for a factor of 6.4.
const hzPerLinearMel = 200 / 3;
const logStartHz = 1000;
const logStartMel = logStartHz / hzPerLinearMel;
const logStep = Math.log(6.4) / 27;

/**
 * Converts a frequency in Hz to mel.
 * @see librosa.hz_to_mel
 * @example
 * ```ts
 * import { hzToMel } from "undertone/audio";
 *
 * const mel = hzToMel(1000, "slaney"); // → 15
 * ```
 */
export function hzToMel(hz: number, scale: MelScale): number {
  if (scale === "htk") return 2595 * Math.log10(1 + hz / 700);
  return hz < logStartHz ? hz / hzPerLinearMel : logStartMel + Math.log(hz / logStartHz) / logStep;
}

/**
 * Converts mel to a frequency in Hz, the inverse of `hzToMel`.
 * @see librosa.mel_to_hz
 * @example
 * ```ts
 * import { melToHz } from "undertone/audio";
 *
 * const hz = melToHz(15, "slaney"); // → 1000
 * ```
 */
export function melToHz(mel: number, scale: MelScale): number {
  if (scale === "htk") return 700 * (10 ** (mel / 2595) - 1);
  return mel < logStartMel
    ? mel * hzPerLinearMel
    : logStartHz * Math.exp((mel - logStartMel) * logStep);
}

function check(options: MelFilterbankOptions): void {
  const { sampleRate, nFft, nMels, fMin, fMax } = options;
  for (const [name, value] of Object.entries({ nFft, nMels })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`melFilterbank: ${name} must be a positive whole number, got ${value}`);
    }
  }
  if (!(sampleRate > 0 && sampleRate < Infinity)) {
    throw new RangeError(`melFilterbank: sampleRate must be positive, got ${sampleRate}`);
  }
  if (!(fMin >= 0 && fMin < fMax && fMax <= sampleRate / 2)) {
    throw new RangeError(
      `melFilterbank: expected 0 <= fMin < fMax <= ${sampleRate / 2} Hz, got ${fMin} and ${fMax}`,
    );
  }
}

/**
 * Returns triangular filters [nMels, nFft / 2 + 1], row-major, evenly spaced on the mel scale: their product with a power
 * spectrum [nFft / 2 + 1] is a mel spectrum [nMels]. With many filters and a short transform, low filters may fall between
 * two bins and be empty, as in librosa.
 * @throws RangeError for counts that are not positive whole numbers or edges outside 0 … sampleRate / 2
 * @see librosa.filters.mel (its `htk` and `norm`)
 * @example
 * ```ts
 * import { melFilterbank } from "undertone/audio";
 *
 * const band = { fMin: 0, fMax: 8000, scale: "slaney" } as const;
 * const filters = melFilterbank({ sampleRate: 16_000, nFft: 1024, nMels: 128, ...band }); // [128, 513]
 * ```
 */
export function melFilterbank(options: MelFilterbankOptions): Float32Array {
  check(options);
  const { sampleRate, nFft, nMels, fMin, fMax, scale, norm = "slaney" } = options;
  const bins = Math.floor(nFft / 2) + 1;
  const melMin = hzToMel(fMin, scale);
  const melStep = (hzToMel(fMax, scale) - melMin) / (nMels + 1);
  const edge = (index: number): number => melToHz(melMin + index * melStep, scale);
  const weights = new Float32Array(nMels * bins); // [nMels, bins]
  for (let mel = 0; mel < nMels; mel++) {
    const [low, center, high] = [edge(mel), edge(mel + 1), edge(mel + 2)];
    const height = norm === "slaney" ? 2 / (high - low) : 1;
    for (let bin = 0; bin < bins; bin++) {
      const hz = (bin * sampleRate) / nFft;
      const triangle = Math.min((hz - low) / (center - low), (high - hz) / (high - center));
      if (triangle > 0) weights[mel * bins + bin] = height * triangle;
    }
  }
  return weights;
}
