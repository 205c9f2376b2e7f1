type Numbers = Float32Array | Int8Array | Uint8Array;

/** Moves some of `count` rows of an array, in their order, to its front, and returns them. */
export function keepRows<Values extends Numbers>(
  values: Values,
  rows: readonly number[],
  count: number,
): Values;
export function keepRows(values: Numbers, rows: readonly number[], count: number): Numbers {
  const length = values.length / count;
  for (const [place, row] of rows.entries()) {
    values.copyWithin(place * length, row * length, (row + 1) * length);
  }
  return values.subarray(0, rows.length * length);
}
