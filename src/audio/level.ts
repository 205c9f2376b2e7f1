/** RMS of a speech segment at normal level. */
export const targetRms = 0.08;
/** No peak exceeds it. */
export const maxPeak = 0.95;

/** Returns the samples scaled to an RMS of 0.08, or less where a peak would exceed 0.95; silence is returned itself. */
export function normalizeLevel(samples: Float32Array): Float32Array {
  let energy = 0;
  let peak = 0;
  for (const sample of samples) {
    energy += sample * sample;
    peak = Math.max(peak, Math.abs(sample));
  }
  if (peak === 0) return samples;
  const rms = Math.sqrt(energy / samples.length);
  const gain = Math.min(targetRms / rms, maxPeak / peak);
  return samples.map((sample) => sample * gain);
}
