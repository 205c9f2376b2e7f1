import { elementCount, type Shape } from "../graph/tensor.ts";
import type { InputValues } from "../models/example.ts";

/** Rows of a batch that go through the graph together, and how much of the inputs' first axis they need. */
export interface MicroBatch {
  readonly rows: readonly number[];
  /** Of the full length, above 0 to 1. */
  readonly share: number;
}

interface MicroBatchOptions {
  readonly rows: number;
  /** Leaves all rows together, for a loss over the whole batch. */
  readonly isWhole?: boolean;
}

/** Fewer rows would be more alike, but each part hands over all weights and gradients once more. */
const rowsTogether = 16;

/** Lengths that a graph is built for: each costs a session. */
const lengths = 16;

/**
 * Splits a batch whose rows end in zeros of no meaning, so that little of what is computed is padding: the
 * shortest rows first, and the last micro-batch may hold fewer.
 */
export function microBatches(
  inputs: Readonly<Record<string, InputValues>>,
  shapes: Readonly<Record<string, Shape>>,
  { rows, isWhole = false }: MicroBatchOptions,
): MicroBatch[] {
  const filled = Array.from({ length: rows }, (_, row) =>
    Math.max(
      ...Object.entries(shapes).map(([name, shape]) => {
        const size = elementCount(shape);
        const values = inputs[name]!.subarray(row * size, (row + 1) * size);
        return filledLength(values) / size;
      }),
    ),
  );
  const order = filled.map((_, row) => row).toSorted((a, b) => filled[a]! - filled[b]!);
  const groups: MicroBatch[] = [];
  const most = isWhole ? rows : rowsTogether;
  for (let start = 0; start < rows; start += most) {
    const together = order.slice(start, start + most);
    const longest = filled[together.at(-1)!]!;
    groups.push({ rows: together, share: Math.max(1, Math.ceil(longest * lengths)) / lengths });
  }
  return groups;
}

/** How many values there are before those zeros that nothing follows. */
function filledLength(values: InputValues): number {
  // A loop, since `findLastIndex` takes several times as long.
  let length = values.length;
  while (length > 0 && values[length - 1] === 0) length--;
  return length;
}

/** The shape with its first axis cut to a share of its length. */
export function cutShape([length, ...rest]: Shape, share: number): Shape {
  return [Math.ceil(length! * share), ...rest];
}

/** Some rows of a stack of rows, each cut from `from` values to its first `to`; the stack itself where that is all of it. */
export function pickRows(
  values: InputValues,
  rows: readonly number[],
  { from, to }: { readonly from: number; readonly to: number },
): InputValues {
  const isAll = rows.length * to === values.length && rows.every((row, index) => row === index);
  if (isAll) return values;
  const isFull = values instanceof Float32Array;
  const picked = isFull ? new Float32Array(rows.length * to) : new Uint16Array(rows.length * to);
  for (const [index, row] of rows.entries()) {
    picked.set(values.subarray(row * from, row * from + to), index * to);
  }
  return picked;
}
