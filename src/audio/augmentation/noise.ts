import type { Random } from "../../shared/random.ts";

/** `white` noise has equal power per hertz, `pink` noise per octave. */
export type NoiseColor = "white" | "pink";

export interface NoiseOptions {
  /** Power of the recording over that of the noise in dB. */
  readonly snrDb: number;
  readonly color?: NoiseColor;
}

/** One-pole filters whose sum falls by 3 dB an octave: [pole, gain]. @see Kellet, firstpr.com.au/dsp/pink-noise */
const pinkFilters = [
  [0.99886, 0.0555179],
  [0.99332, 0.0750759],
  [0.969, 0.153852],
  [0.8665, 0.3104856],
  [0.55, 0.5329522],
  [-0.7616, -0.016898],
] as const;
const pinkDirectGain = 0.5362;
const pinkDelayedGain = 0.115926;

function whiteNoise(length: number, random: Random): Float32Array {
  const noise = new Float32Array(length);
  for (let n = 0; n < length; n++) noise[n] = random.normal();
  return noise;
}

function pinkNoise(length: number, random: Random): Float32Array {
  const states = new Float64Array(pinkFilters.length);
  let previous = 0;
  return whiteNoise(length, random).map((white) => {
    let pink = pinkDirectGain * white + pinkDelayedGain * previous;
    previous = white;
    for (let f = 0; f < states.length; f++) {
      const [pole, gain] = pinkFilters[f]!;
      states[f] = pole * states[f]! + gain * white;
      pink += states[f]!;
    }
    return pink;
  });
}

function power(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum / samples.length;
}

/**
 * Returns a copy with noise at exactly the given signal-to-noise ratio. Silence stays silent.
 * @throws RangeError when `snrDb` is not finite
 * @example
 * ```ts
 * import { addNoise, Random } from "undertone/audio";
 *
 * const tone = Float32Array.from({ length: 16_000 }, (_, n) => 0.5 * Math.sin(n / 10));
 * const noisy = addNoise(tone, { snrDb: 20, color: "pink" }, new Random(1, "noise"));
 * ```
 */
export function addNoise(
  samples: Float32Array,
  options: NoiseOptions,
  random: Random,
): Float32Array {
  const { snrDb, color = "white" } = options;
  return mixAt(
    samples,
    (color === "white" ? whiteNoise : pinkNoise)(samples.length, random),
    snrDb,
  );
}

/**
 * Returns a clip with noise of its length at exactly this signal-to-noise ratio. Noise without power adds nothing.
 * @throws RangeError when `snrDb` is not finite
 */
export function mixAt(samples: Float32Array, noise: Float32Array, snrDb: number): Float32Array {
  if (!Number.isFinite(snrDb)) {
    throw new RangeError(`mixAt: snrDb must be a finite number, got ${snrDb}`);
  }
  const noisePower = power(noise);
  if (!(noisePower > 0)) return samples.slice();
  const gain = Math.sqrt(power(samples) / noisePower) * 10 ** (-snrDb / 20);
  return samples.map((sample, n) => sample + gain * noise[n]!);
}
