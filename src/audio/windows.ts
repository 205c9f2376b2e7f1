/**
 * Returns the periodic Hann window [length] for spectral analysis: `0.5 - 0.5 cos(2πn / length)`.
 * @throws RangeError when `length` is not a positive whole number
 * @see scipy.signal.get_window("hann", length), torch.hann_window(length)
 * @example
 * ```ts
 * import { hannWindow } from "undertone/audio";
 *
 * const window = hannWindow(4); // → [0, 0.5, 1, 0.5]
 * ```
 */
export function hannWindow(length: number): Float32Array {
  if (!Number.isInteger(length) || length < 1) {
    throw new RangeError(`hannWindow: length must be a positive whole number, got ${length}`);
  }
  return Float32Array.from({ length }, (_, n) => 0.5 - 0.5 * Math.cos((2 * Math.PI * n) / length));
}
