/**
 * A copy that is `gainDb` louder. Nothing is clipped: samples may exceed 1.
 * @throws RangeError when `gainDb` is not finite
 */
export function changeGain(samples: Float32Array, gainDb: number): Float32Array {
  if (!Number.isFinite(gainDb)) {
    throw new RangeError(`changeGain: gainDb must be a finite number, got ${gainDb}`);
  }
  const gain = 10 ** (gainDb / 20);
  return samples.map((sample) => gain * sample);
}

/**
 * A copy of the same length in which everything comes `shift` samples later (earlier when negative); what leaves at one
 * end is lost and silence enters at the other.
 * @throws RangeError when `shift` is not a whole number
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
