export interface FrameOptions {
  /** Samples in a frame, an even number. */
  readonly frameLength?: number;
  /** Samples from one frame to the next. */
  readonly hopLength?: number;
}

/** Applies `measure(first, end)` to the sample ranges of centerd frames, which may reach over both ends. */
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
 * Root mean square of each frame [1 + floor(length / hopLength)], centerd on sample `t · hopLength`, with silence
 * around the recording.
 * @throws RangeError for lengths that are not positive whole numbers
 * @see librosa.feature.rms
 */
export function rmsEnergy(samples: Float32Array, options: FrameOptions = {}): Float32Array {
  return perFrame(samples, options, (first, frameLength) => {
    const end = Math.min(samples.length, first + frameLength);
    let sum = 0;
    for (let n = Math.max(0, first); n < end; n++) sum += samples[n]! ** 2;
    return Math.sqrt(sum / frameLength);
  });
}

/** Whether a sample counts as negative: noise below 1e-10 does not. */
const isNegative = (sample: number): boolean => sample < -1e-10;

/**
 * Changes of sign over samples in each frame [1 + floor(length / hopLength)], 0 to 1; frames as in `rmsEnergy`, with
 * the first and last sample going on around the recording.
 * @throws RangeError for lengths that are not positive whole numbers
 * @see librosa.feature.zero_crossing_rate
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
