const zeroCrossings = 16; // on either side of the kernel's center
const phases = 256; // between two samples; linear interpolation between them is exact to -90 dB

/** A sinc low-pass at `cutoff` (1 is half the sample rate) under a Blackman window [phases + 1, taps]. */
function kernelTable(cutoff: number): { table: Float32Array; taps: number } {
  const reach = Math.ceil(zeroCrossings / cutoff);
  const taps = 2 * reach;
  const table = new Float32Array((phases + 1) * taps);
  for (let phase = 0; phase <= phases; phase++) {
    for (let tap = 0; tap < taps; tap++) {
      const x = tap - reach + 1 - phase / phases; // samples from the kernel's center
      if (Math.abs(x) >= reach) continue;
      const angle = Math.PI * cutoff * x;
      const window =
        0.42 + 0.5 * Math.cos((Math.PI * x) / reach) + 0.08 * Math.cos((2 * Math.PI * x) / reach);
      table[phase * taps + tap] = cutoff * window * (angle === 0 ? 1 : Math.sin(angle) / angle);
    }
  }
  return { table, taps };
}

/**
 * Returns the recording resampled to `factor` times the speed [round(length / factor)]: shorter and higher by that factor.
 * Band-limited interpolation; from 80 % of the lower Nyquist frequency upwards the band is attenuated.
 * @throws RangeError unless `factor` lies between 0.25 and 4
 * @see Smith, "Digital Audio Resampling", ccrma.stanford.edu/~jos/resample
 * @example
 * ```ts
 * import { changeSpeed } from "undertone/audio";
 *
 * const tone = Float32Array.from({ length: 16_000 }, (_, n) => 0.5 * Math.sin(n / 10));
 * const faster = changeSpeed(tone, 1.1); // 14 545 samples
 * ```
 */
export function changeSpeed(samples: Float32Array, factor: number): Float32Array {
  if (!(factor >= 0.25 && factor <= 4)) {
    throw new RangeError(`changeSpeed: factor must lie between 0.25 and 4, got ${factor}`);
  }
  const { table, taps } = kernelTable(Math.min(1, 1 / factor));
  const reach = taps / 2;
  const padded = new Float32Array(samples.length + 2 * taps);
  padded.set(samples, taps);
  const faster = new Float32Array(Math.round(samples.length / factor));
  for (let n = 0; n < faster.length; n++) {
    const position = n * factor;
    const before = Math.floor(position);
    const phase = (position - before) * phases;
    const row = Math.floor(phase) * taps;
    const share = phase - Math.floor(phase);
    const start = taps + before - reach + 1;
    let low = 0;
    let high = 0;
    for (let tap = 0; tap < taps; tap++) {
      const sample = padded[start + tap]!;
      low += sample * table[row + tap]!;
      high += sample * table[row + taps + tap]!;
    }
    faster[n] = low + share * (high - low);
  }
  return faster;
}
