const targetRms = 0.08;
const highestPeak = 0.95;

/** Brings samples to one loudness, so that a recognizer usesAudio a whisper as it usesAudio a shout; silence stays silent. */
export function normalizeLevel(samples: Float32Array): Float32Array {
  let energy = 0;
  let peak = 0;
  for (const sample of samples) {
    energy += sample * sample;
    peak = Math.max(peak, Math.abs(sample));
  }
  if (peak === 0) return samples;
  const rms = Math.sqrt(energy / samples.length);
  const gain = Math.min(targetRms / rms, highestPeak / peak);
  return samples.map((sample) => sample * gain);
}
