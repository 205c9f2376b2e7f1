/**
 * Returns the first rows of the orthonormal DCT-II [nMfcc, nMels], row-major, whose product with a log-mel spectrum [nMels]
 * is the cepstral coefficients [nMfcc]. `lifter` L > 0 weighs row k by `1 + L/2 sin(π (k + 1) / L)`; 22 is customary.
 * @throws RangeError unless 1 <= nMfcc <= nMels and lifter >= 0
 * @see librosa.feature.mfcc (dct_type=2, norm="ortho", lifter)
 */
export function mfccMatrix(nMfcc: number, nMels: number, lifter = 0): Float32Array {
  if (!(Number.isInteger(nMfcc) && Number.isInteger(nMels) && nMfcc >= 1 && nMfcc <= nMels)) {
    throw new RangeError(`mfccMatrix: expected 1 <= nMfcc <= nMels, got ${nMfcc} and ${nMels}`);
  }
  if (!(lifter >= 0)) {
    throw new RangeError(`mfccMatrix: lifter must not be negative, got ${lifter}`);
  }
  const matrix = new Float32Array(nMfcc * nMels);
  for (let k = 0; k < nMfcc; k++) {
    const norm = Math.sqrt((k === 0 ? 1 : 2) / nMels);
    const lift = lifter > 0 ? 1 + (lifter / 2) * Math.sin((Math.PI * (k + 1)) / lifter) : 1;
    for (let mel = 0; mel < nMels; mel++) {
      matrix[k * nMels + mel] = lift * norm * Math.cos((Math.PI * k * (mel + 0.5)) / nMels);
    }
  }
  return matrix;
}

export interface MfccOptions {
  readonly nMels: number;
  readonly nMfcc?: number;
  readonly lifter?: number;
}

/**
 * Returns the mel-frequency cepstral coefficients [nMfcc, frames] of a log-mel spectrogram [nMels, frames], both row-major.
 * The logarithm may have any base: librosa's coefficients are in dB, 10 / ln 10 times those of a natural logarithm.
 * @throws RangeError when the values do not fill rows of `nMels`, and as `mfccMatrix`
 * @see librosa.feature.mfcc
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { decodeAudio, logMelSpectrogram, mfcc, toMono } from "undertone/audio";
 *
 * const { channels, sampleRate } = await decodeAudio(await readFile("speech.wav"));
 * const logMel = logMelSpectrogram(toMono(channels), { sampleRate, nMels: 40 });
 * const coefficients = mfcc(logMel, { nMels: 40, nMfcc: 13 }); // [13, frames]
 * ```
 */
export function mfcc(logMel: Float32Array, options: MfccOptions): Float32Array {
  const { nMels, nMfcc = 13, lifter = 0 } = options;
  const matrix = mfccMatrix(nMfcc, nMels, lifter);
  const frames = logMel.length / nMels;
  if (!Number.isInteger(frames)) {
    throw new RangeError(`mfcc: ${logMel.length} values do not fill rows of ${nMels} mels`);
  }
  const sums = new Float64Array(nMfcc * frames);
  for (let k = 0; k < nMfcc; k++) {
    for (let mel = 0; mel < nMels; mel++) {
      const weight = matrix[k * nMels + mel]!;
      for (let t = 0; t < frames; t++) sums[k * frames + t]! += weight * logMel[mel * frames + t]!;
    }
  }
  return Float32Array.from(sums);
}
