export interface FrameOptions {
  /** Samples in a frame, an even number. */
  readonly frameLength?: number;
  /** Samples from one frame to the next. */
  readonly hopLength?: number;
}

/** Applies `measure(first, frameLength)` to centered frames, which may extend beyond both ends. */
function perFrame(
  samples: Float32Array,
  { frameLength = 2048, hopLength = 512 }: FrameOptions,
  measure: (first: number, frameLength: number) => number,
): Float32Array {
  for (const [name, value] of Object.entries({ frameLength, hopLength })) {
    if (!Number.isInteger(value) || value < 1) {
      throw new RangeError(`${name} must be a positive whole number, got ${value}`);
    }
  }
  return Float32Array.from({ length: 1 + Math.floor(samples.length / hopLength) }, (_, t) =>
    measure(t * hopLength - Math.floor(frameLength / 2), frameLength),
  );
}

/**
 * Returns the root mean square of each frame [1 + floor(length / hopLength)], frame t centered on sample `t · hopLength`,
 * with zeros around the recording.
 * @throws RangeError for lengths that are not positive whole numbers
 * @see librosa.feature.rms
 * @example
 * ```ts
 * import { rmsEnergy } from "undertone/audio";
 *
 * const energy = rmsEnergy(new Float32Array(16_000).fill(0.5)); // 0.5, at both ends less
 * ```
 */
export function rmsEnergy(samples: Float32Array, options: FrameOptions = {}): Float32Array {
  return perFrame(samples, options, (first, frameLength) => {
    const end = Math.min(samples.length, first + frameLength);
    let sum = 0;
    for (let n = Math.max(0, first); n < end; n++) sum += samples[n]! ** 2;
    return Math.sqrt(sum / frameLength);
  });
}

/** Whether a sample is negative; noise below 1e-10 is not. */
const isNegative = (sample: number): boolean => sample < -1e-10;

/**
 * Returns the share of samples in each frame at which the sign changes, 0 to 1 [1 + floor(length / hopLength)]; frames as in
 * `rmsEnergy`, with the first and last sample repeated around the recording.
 * @throws RangeError for lengths that are not positive whole numbers
 * @see librosa.feature.zero_crossing_rate
 * @example
 * ```ts
 * import { zeroCrossingRate } from "undertone/audio";
 *
 * const noise = Float32Array.from({ length: 16_000 }, () => Math.random() - 0.5);
 * const rates = zeroCrossingRate(noise, { frameLength: 1024, hopLength: 256 }); // about 0.5
 * ```
 */
export function zeroCrossingRate(samples: Float32Array, options: FrameOptions = {}): Float32Array {
  return perFrame(samples, options, (first, frameLength) => {
    const end = Math.min(samples.length, first + frameLength);
    let crossings = 0;
    for (let n = Math.max(0, first) + 1; n < end; n++) {
      if (isNegative(samples[n]!) !== isNegative(samples[n - 1]!)) crossings++;
    }
    return crossings / frameLength;
  });
}
