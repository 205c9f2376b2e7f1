import type { Random } from "../../shared/random.ts";
import { mixAt } from "./noise.ts";

/** Of blocks that count as silence. */
const blockSec = 0.02;
const silenceBelowLoudestDb = 60;

/**
 * Returns a recording without its silence: without blocks of 20 ms that are 60 dB below the loudest one. Recordings of short
 * sounds are often filled up with zeros, which would be no noise at all.
 */
export function withoutSilence(samples: Float32Array, sampleRate: number): Float32Array {
  const size = Math.round(blockSec * sampleRate);
  const blocks = Array.from({ length: Math.ceil(samples.length / size) }, (_, index) => {
    const block = samples.subarray(index * size, (index + 1) * size);
    return { block, power: block.reduce((sum, x) => sum + x * x, 0) / block.length };
  });
  const loudest = blocks.reduce((most, { power }) => Math.max(most, power), 0);
  const threshold = loudest * 10 ** (-silenceBelowLoudestDb / 10);
  const kept = blocks.filter(({ power }) => power > 0 && power >= threshold);
  const sound = new Float32Array(kept.reduce((sum, { block }) => sum + block.length, 0));
  let end = 0;
  for (const { block } of kept) {
    sound.set(block, end);
    end += block.length;
  }
  return sound;
}

export interface RecordedNoiseOptions {
  /** Power of the clip over that of the noise in dB. */
  readonly snrDb: number;
  /** Noise, mono, at the clip's sample rate. */
  readonly recording: Float32Array;
}

/**
 * Returns a copy with a recording of noise at exactly the given signal-to-noise ratio, from a random place on; a recording
 * that is shorter than the clip is repeated. Silence stays silent.
 * @throws RangeError when `snrDb` is not finite or the recording is empty
 * @example
 * ```ts
 * import { addRecordedNoise, Random } from "undertone/audio";
 *
 * const tone = Float32Array.from({ length: 16_000 }, (_, n) => 0.5 * Math.sin(n / 10));
 * const recording = Float32Array.from({ length: 8000 }, (_, n) => Math.sin((n * n) / 1000));
 * const noisy = addRecordedNoise(tone, { snrDb: 10, recording }, new Random(1, "noise"));
 * ```
 */
export function addRecordedNoise(
  samples: Float32Array,
  { snrDb, recording }: RecordedNoiseOptions,
  random: Random,
): Float32Array {
  if (recording.length === 0) throw new RangeError("addRecordedNoise: recording must not be empty");
  const start = random.integer(Math.max(1, recording.length));
  const noise = samples.map((_, n) => recording[(start + n) % recording.length]!);
  return mixAt(samples, noise, snrDb);
}
