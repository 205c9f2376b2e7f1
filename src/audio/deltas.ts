export interface DeltaOptions {
  /** Length of the rows. */
  readonly frames: number;
  /** Frames of the fit, an odd number from 3; 9 by default. */
  readonly width?: number;
  /** 1, the default, for the slope over time, 2 for its slope. */
  readonly order?: 1 | 2;
}

/** Weights [width] whose sum with a window of values is the derivative of the parabola or line fitted to them. */
function savitzkyGolay(width: number, order: 1 | 2): Float64Array {
  const half = (width - 1) / 2;
  const meanSquare = (half * (half + 1)) / 3;
  // The polynomial of degree `order` that is orthogonal to the lower ones on -half … half.
  const basis = Float64Array.from({ length: width }, (_, index) =>
    order === 1 ? index - half : (index - half) ** 2 - meanSquare,
  );
  const norm = basis.reduce((sum, x) => sum + x * x, 0);
  return basis.map((x) => (order * x) / norm); // the derivative of xᵒʳᵈᵉʳ is order!, which is order here
}

/**
 * Returns the change over time per frame of every row of `features` [rows, frames], row-major, in the same shape: the
 * derivative of the polynomial of degree `order` fitted to `width` frames. At both ends the outermost window counts.
 * @throws RangeError when `width` is not odd and from 3 to `frames`, or the values do not fill the rows
 * @see librosa.feature.delta (mode="interp"), Savitzky and Golay (1964)
 * @example
 * ```ts
 * import { deltas } from "undertone/audio";
 *
 * const mfccs = Float32Array.from({ length: 13 * 100 }, (_, n) => n % 100); // [13, 100]
 * const slopes = deltas(mfccs, { frames: 100 }); // all 1
 * ```
 */
export function deltas(features: Float32Array, options: DeltaOptions): Float32Array {
  const { frames, width = 9, order = 1 } = options;
  if (!(Number.isInteger((width - 1) / 2) && width >= 3 && width <= frames)) {
    throw new RangeError(`deltas: width must be odd and from 3 to ${frames} frames, got ${width}`);
  }
  if (!Number.isInteger(features.length / frames)) {
    throw new RangeError(`deltas: ${features.length} values do not fill rows of ${frames} frames`);
  }
  const weights = savitzkyGolay(width, order);
  return features.map((_, index) => {
    const t = index % frames;
    const start = Math.min(Math.max(t - (width - 1) / 2, 0), frames - width);
    let sum = 0;
    for (let n = 0; n < width; n++) sum += weights[n]! * features[index - t + start + n]!;
    return sum;
  });
}
