import type { Random } from "../../shared/random.ts";

export interface SpecAugmentOptions {
  /** Length of the rows. */
  readonly frames: number;
  readonly timeMasks?: number;
  /** In frames; each mask's width is drawn from 0 to this. */
  readonly maxTimeWidth?: number;
  readonly frequencyMasks?: number;
  /** In mels. */
  readonly maxFrequencyWidth?: number;
  /** Value of masked elements; 0, the mean of normalized features, by default. */
  readonly fill?: number;
}

/** Draws a range [start, end) within `length`. */
function drawMask(random: Random, length: number, maxWidth: number): [number, number] {
  const width = random.integer(Math.min(maxWidth, length) + 1);
  const start = random.integer(length - width + 1);
  return [start, start + width];
}

/**
 * Masks random bands and frames of a spectrogram [nMels, frames], row-major, in place.
 * @throws RangeError when the values do not fill the rows
 * @see Park et al. (2019), "SpecAugment", without time warping
 * @example
 * ```ts
 * import { maskSpectrogram, Random } from "undertone/audio";
 *
 * const spectrogram = new Float32Array(128 * 256).fill(0.5); // [128, 256]
 * maskSpectrogram(spectrogram, { frames: 256, timeMasks: 2 }, new Random(1, "masks"));
 * ```
 */
export function maskSpectrogram(
  spectrogram: Float32Array,
  options: SpecAugmentOptions,
  random: Random,
): void {
  const { frames, timeMasks = 2, maxTimeWidth = 24, frequencyMasks = 2 } = options;
  const { maxFrequencyWidth = 12, fill = 0 } = options;
  const nMels = spectrogram.length / frames;
  if (!Number.isInteger(nMels)) {
    throw new RangeError(
      `maskSpectrogram: ${spectrogram.length} values do not fill rows of ${frames} frames`,
    );
  }
  for (let mask = 0; mask < frequencyMasks; mask++) {
    const [start, end] = drawMask(random, nMels, maxFrequencyWidth);
    spectrogram.fill(fill, start * frames, end * frames);
  }
  for (let mask = 0; mask < timeMasks; mask++) {
    const [start, end] = drawMask(random, frames, maxTimeWidth);
    for (let mel = 0; mel < nMels; mel++) {
      spectrogram.fill(fill, mel * frames + start, mel * frames + end);
    }
  }
}
