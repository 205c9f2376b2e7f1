import { maxPeak, targetRms } from "../audio/level.ts";

/** Around each sample, on either side. */
const halfSec = 0.75;

/**
 * Returns samples of which each 1.5 s have an RMS of about 0.08: of two who speak one after the other, neither is quiet. Peaks are cut at
 * 0.95; silence stays silent.
 */
export function evenLevel(samples: Float32Array, sampleRate: number): Float32Array {
  const half = Math.round(halfSec * sampleRate);
  const energy = new Float64Array(samples.length + 1);
  for (const [n, sample] of samples.entries()) energy[n + 1] = energy[n]! + sample * sample;
  return samples.map((sample, n) => {
    const [first, end] = [Math.max(0, n - half), Math.min(samples.length, n + half)];
    const rms = Math.sqrt((energy[end]! - energy[first]!) / (end - first));
    if (rms === 0) return 0;
    return Math.max(-maxPeak, Math.min(maxPeak, (sample * targetRms) / rms));
  });
}
