import type { Spectrogram } from "./stft.ts";

/** Returns one value for each frame [frames], from its magnitudes [bins]. */
function perFrame(
  { magnitudes, frames, bins }: Spectrogram,
  measure: (magnitudes: Float32Array) => number,
): Float32Array {
  return Float32Array.from({ length: frames }, (_, t) =>
    measure(magnitudes.subarray(t * bins, (t + 1) * bins)),
  );
}

/** Returns mean (bins) and variance (bins²) of a frame's magnitudes as a distribution over bins; 0 for silence. */
function moments(magnitudes: Float32Array): { mean: number; variance: number } {
  let total = 0;
  let first = 0;
  let second = 0;
  for (let bin = 0; bin < magnitudes.length; bin++) {
    const magnitude = magnitudes[bin]!;
    total += magnitude;
    first += magnitude * bin;
    second += magnitude * bin * bin;
  }
  if (total === 0) return { mean: 0, variance: 0 };
  const mean = first / total;
  return { mean, variance: Math.max(0, second / total - mean * mean) };
}

/**
 * Returns the mean frequency of each frame in Hz [frames], weighted by magnitude; 0 for silence.
 * @see librosa.feature.spectral_centroid
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { decodeAudio, magnitudeSpectrogram, spectralCentroid, toMono } from "undertone/audio";
 *
 * const { channels, sampleRate } = await decodeAudio(await readFile("speech.wav"));
 * const centroids = spectralCentroid(magnitudeSpectrogram(toMono(channels), sampleRate));
 * ```
 */
export function spectralCentroid(spectrogram: Spectrogram): Float32Array {
  return perFrame(spectrogram, (frame) => moments(frame).mean * spectrogram.hzPerBin);
}

/**
 * Returns the standard deviation around the centroid in Hz [frames]; 0 for silence.
 * @see librosa.feature.spectral_bandwidth (p=2)
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { decodeAudio, magnitudeSpectrogram, spectralBandwidth, toMono } from "undertone/audio";
 *
 * const { channels, sampleRate } = await decodeAudio(await readFile("speech.wav"));
 * const bandwidths = spectralBandwidth(magnitudeSpectrogram(toMono(channels), sampleRate));
 * ```
 */
export function spectralBandwidth(spectrogram: Spectrogram): Float32Array {
  return perFrame(
    spectrogram,
    (frame) => Math.sqrt(moments(frame).variance) * spectrogram.hzPerBin,
  );
}

/**
 * Returns the frequency in Hz [frames] at and below which lies `share` of each frame's magnitude; 0 for silence.
 * @throws RangeError unless `share` lies between 0 and 1
 * @see librosa.feature.spectral_rolloff
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { decodeAudio, magnitudeSpectrogram, spectralRolloff, toMono } from "undertone/audio";
 *
 * const { channels, sampleRate } = await decodeAudio(await readFile("speech.wav"));
 * const rolloffs = spectralRolloff(magnitudeSpectrogram(toMono(channels), sampleRate), 0.85);
 * ```
 */
export function spectralRolloff(spectrogram: Spectrogram, share = 0.85): Float32Array {
  if (!(share > 0 && share < 1)) {
    throw new RangeError(`spectralRolloff: share must lie between 0 and 1, got ${share}`);
  }
  return perFrame(spectrogram, (frame) => {
    const target = share * frame.reduce((sum, magnitude) => sum + magnitude, 0);
    let bin = 0;
    for (let sum = frame[0]!; sum < target && bin < frame.length - 1; sum += frame[bin]!) bin++;
    return bin * spectrogram.hzPerBin;
  });
}

/**
 * Returns the geometric over the arithmetic mean of the power spectrum [frames], 0 to 1: near 1 for white noise and silence,
 * near 0 for tones. Powers are floored at 1e-10.
 * @see librosa.feature.spectral_flatness
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { decodeAudio, magnitudeSpectrogram, spectralFlatness, toMono } from "undertone/audio";
 *
 * const { channels, sampleRate } = await decodeAudio(await readFile("speech.wav"));
 * const flatness = spectralFlatness(magnitudeSpectrogram(toMono(channels), sampleRate));
 * ```
 */
export function spectralFlatness(spectrogram: Spectrogram): Float32Array {
  return perFrame(spectrogram, (frame) => {
    let logs = 0;
    let sum = 0;
    for (const magnitude of frame) {
      const power = Math.max(1e-10, magnitude * magnitude);
      logs += Math.log(power);
      sum += power;
    }
    return Math.exp(logs / frame.length) / (sum / frame.length);
  });
}
