import type { Random } from "../../shared/random.ts";
import { RealFft } from "../fft.ts";

export interface ReverberationOptions {
  /** Hz */
  readonly sampleRate: number;
  /** Reverberation time T60 in seconds: the decay by 60 dB. */
  readonly t60Sec: number;
  /** Reverberant over direct energy; by default 0.5, as in an ordinary room at a distance of some steps. */
  readonly reverberantShare?: number;
}

/**
 * Returns a copy of the same length with reverberation: the recording convolved with exponentially decaying noise, at about
 * the same power. The tail after the end is cut off.
 * @throws RangeError when `t60Sec` is not above 0 and at most 10
 * @see Moorer 1979, "About this reverberation business", for exponentially decaying noise
 * @example
 * ```ts
 * import { addReverberation, Random } from "undertone/audio";
 *
 * const click = new Float32Array(16_000);
 * click[0] = 1;
 * const options = { sampleRate: 16_000, t60Sec: 0.5 };
 * const response = addReverberation(click, options, new Random(1, "room"));
 * ```
 */
export function addReverberation(
  samples: Float32Array,
  { sampleRate, t60Sec, reverberantShare = 0.5 }: ReverberationOptions,
  random: Random,
): Float32Array {
  if (!(t60Sec > 0 && t60Sec <= 10)) {
    throw new RangeError(`addReverberation: t60Sec must be above 0 and at most 10, got ${t60Sec}`);
  }
  const length = Math.min(samples.length, Math.ceil(t60Sec * sampleRate));
  const response = Float32Array.from(
    { length },
    (_, n) => random.normal() * 10 ** ((-3 * n) / (t60Sec * sampleRate)),
  );
  const energy = response.reduce((sum, value) => sum + value * value, 0);
  const reverberant = convolved(samples, response);
  const gain = Math.sqrt(reverberantShare / (energy || 1));
  const level = 1 / Math.sqrt(1 + reverberantShare);
  return samples.map((sample, n) => level * (sample + gain * reverberant[n]!));
}

/** Returns a convolution, of which the first `samples.length` values are meant. */
function convolved(samples: Float32Array, kernel: Float32Array): Float64Array {
  const fft = new RealFft(Math.max(4, 2 ** Math.ceil(Math.log2(samples.length + kernel.length))));
  const padded = new Float64Array(fft.length);
  const spectrumOf = (values: Float32Array) => {
    const [re, im] = [new Float64Array(fft.bins), new Float64Array(fft.bins)];
    padded.fill(0).set(values);
    fft.forward(padded, re, im);
    return { re, im };
  };
  const a = spectrumOf(samples);
  const b = spectrumOf(kernel);
  const re = a.re.map((value, k) => value * b.re[k]! - a.im[k]! * b.im[k]!);
  const im = a.re.map((value, k) => value * b.im[k]! + a.im[k]! * b.re[k]!);
  fft.inverse(re, im, padded);
  return padded;
}
