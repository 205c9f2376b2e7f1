import type { Feeds } from "../graph/session.ts";
import { elementCount, type Shape } from "../graph/tensor.ts";

/** The rows of a batch as one feed; each row has the given shape, and zeros follow what is shorter. */
export function stacked(rows: readonly Float32Array[], shape: Shape): Feeds[string] {
  const size = elementCount(shape);
  const data = new Float32Array(rows.length * size);
  for (const [index, row] of rows.entries()) data.set(row, index * size);
  return { data, shape: [rows.length, ...shape] };
}
