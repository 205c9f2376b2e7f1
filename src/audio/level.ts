/** RMS of a speech segment at normal level. */
export const targetRms = 0.08;
/** No peak exceeds it. */
export const maxPeak = 0.95;

/** Returns the samples scaled to an RMS of 0.08, or less where a peak would exceed 0.95; silence is returned itself. */
export function normalizeLevel(samples: Float32Array): Float32Array {
  let energy = 0;
  let peak = 0;
  for (let n = 0; n < samples.length; n++) {
    const magnitude = Math.abs(samples[n]!);
    energy += magnitude * magnitude;
    if (magnitude > peak) peak = magnitude;
  }
  if (peak === 0) return samples;
  const rms = Math.sqrt(energy / samples.length);
  const gain = Math.min(targetRms / rms, maxPeak / peak);
  const scaled = new Float32Array(samples.length);
  for (let n = 0; n < samples.length; n++) scaled[n] = samples[n]! * gain;
  return scaled;
}
