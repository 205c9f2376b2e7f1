/**
 * Returns a copy amplified by `gainDb` decibels. Nothing is clipped: samples may exceed 1.
 * @throws RangeError when `gainDb` is not finite
 * @example
 * ```ts
 * import { changeGain } from "undertone/audio";
 *
 * const louder = changeGain(Float32Array.of(0.1, -0.2), 6);
 * ```
 */
export function changeGain(samples: Float32Array, gainDb: number): Float32Array {
  if (!Number.isFinite(gainDb)) {
    throw new RangeError(`changeGain: gainDb must be a finite number, got ${gainDb}`);
  }
  const gain = 10 ** (gainDb / 20);
  return samples.map((sample) => gain * sample);
}

/**
 * Returns a copy of the same length delayed by `shift` samples (advanced when negative). Samples beyond one end are lost;
 * zeros enter at the other.
 * @throws RangeError when `shift` is not a whole number
 * @example
 * ```ts
 * import { shiftTime } from "undertone/audio";
 *
 * const delayed = shiftTime(Float32Array.of(0.1, 0.2, 0.3), 1); // → [0, 0.1, 0.2]
 * ```
 */
export function shiftTime(samples: Float32Array, shift: number): Float32Array {
  if (!Number.isInteger(shift)) {
    throw new RangeError(`shiftTime: shift must be a whole number, got ${shift}`);
  }
  const shifted = new Float32Array(samples.length);
  if (Math.abs(shift) < samples.length) {
    shifted.set(
      samples.subarray(Math.max(0, -shift), samples.length - Math.max(0, shift)),
      Math.max(0, shift),
    );
  }
  return shifted;
}
