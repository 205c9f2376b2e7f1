import type { Spectrogram } from "./stft.ts";

/** One value a frame [frames] from that frame's magnitudes [bins]. */
function perFrame(
  { magnitudes, frames, bins }: Spectrogram,
  measure: (magnitudes: Float32Array) => number,
): Float32Array {
  return Float32Array.from({ length: frames }, (_, t) =>
    measure(magnitudes.subarray(t * bins, (t + 1) * bins)),
  );
}

/** Mean bin and variance in bins² of a frame's magnitudes taken as a distribution; 0 for silence. */
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

/** Mean frequency of each frame in Hz [frames], weighted by magnitude; 0 for silence. @see librosa.feature.spectral_centroid */
export function spectralCentroid(spectrogram: Spectrogram): Float32Array {
  return perFrame(spectrogram, (frame) => moments(frame).mean * spectrogram.hzPerBin);
}

/** Standard deviation around the centroid in Hz [frames]; 0 for silence. @see librosa.feature.spectral_bandwidth (p=2) */
export function spectralBandwidth(spectrogram: Spectrogram): Float32Array {
  return perFrame(
    spectrogram,
    (frame) => Math.sqrt(moments(frame).variance) * spectrogram.hzPerBin,
  );
}

/**
 * Frequency in Hz [frames] at and below which lies `share` of each frame's magnitude; 0 for silence.
 * @see librosa.feature.spectral_rolloff
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
 * Geometric over arithmetic mean of the power spectrum [frames], 0 to 1: 1 is as flat as white noise on average (and silence),
 * near 0 is tonal. Powers below 1e-10 count as that.
 * @see librosa.feature.spectral_flatness
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
