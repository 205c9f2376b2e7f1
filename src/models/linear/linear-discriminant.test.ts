import { describe, expect, test } from "vitest";
import { nodeRuntime } from "../../graph/runtime.node.ts";
import { Random } from "../../shared/random.ts";
import type { DenseRows } from "./design-matrix.ts";
import { fitLinearDiscriminant } from "./linear-discriminant.ts";

const exact = { tolerance: 1e-12, maxIterations: 1000 };
const rowsOf = (values: readonly (readonly number[])[]): DenseRows => ({
  columnCount: values[0]!.length,
  values: Float64Array.from(values.flat()),
});

describe("four points around each of two means", () => {
  // Means (0, 0) and (2, 0); within classes the variances are 1 and 4, uncorrelated.
  const around = [
    [-Math.SQRT2, 0],
    [Math.SQRT2, 0],
    [0, -2 * Math.SQRT2],
    [0, 2 * Math.SQRT2],
  ];
  const rows = rowsOf([...around, ...around.map(([x, y]) => [x! + 2, y!])]);
  const labels = Int32Array.of(0, 0, 0, 0, 1, 1, 1, 1);
  const rowWeights = Array.from(labels, () => 1);

  test.each([
    ["no ridge", 0, 2 / 1],
    ["a ridge", 3, 2 / (1 + 3)],
  ])("%s: means over variances, and the border halfway", async (_, ridge, slope) => {
    const options = { classes: 2, ridge, rowWeights, ...exact };
    const { weights } = await fitLinearDiscriminant(rows, labels, options);
    const expected = [0, slope, 0, 0, 0, -slope];
    expect(weights).toHaveLength(expected.length);
    for (const [i, value] of expected.entries()) expect(weights[i]).toBeCloseTo(value, 10);
  });

  test("a row counts as often as its weight says", async () => {
    const options = { classes: 2, ridge: 1, ...exact };
    const twice = rowsOf([[-4, 1], ...around, ...around.map(([x, y]) => [x! + 2, y!]), [-4, 1]]);
    const repeated = await fitLinearDiscriminant(twice, Int32Array.of(0, ...labels, 0), {
      ...options,
      rowWeights: Array.from({ length: 10 }, () => 1),
    });
    const once = rowsOf([[-4, 1], ...around, ...around.map(([x, y]) => [x! + 2, y!])]);
    const weighted = await fitLinearDiscriminant(once, Int32Array.of(0, ...labels), {
      ...options,
      rowWeights: [2, ...rowWeights],
    });
    for (const [i, value] of repeated.weights.entries()) {
      expect(weighted.weights[i]).toBeCloseTo(value, 10);
    }
  });
});

test("what the runtime computes in single precision is what loops compute", async () => {
  const random = new Random(1);
  const labels = Int32Array.from({ length: 60 }, (_, row) => row % 3);
  const values = Array.from(labels, (label) =>
    Array.from({ length: 90 }, (_, column) => random.uniform() + (column % 3 === label ? 0.5 : 0)),
  );
  const options = { classes: 3, ridge: 0.1, rowWeights: Array.from(labels, () => 1) };
  const exactly = await fitLinearDiscriminant(rowsOf(values), labels, { ...options, ...exact });
  const fast = await fitLinearDiscriminant(rowsOf(values), labels, {
    ...options,
    tolerance: 1e-6,
    runtime: nodeRuntime,
  });
  const largest = Math.max(...exactly.weights.map(Math.abs));
  for (const [i, weight] of exactly.weights.entries()) {
    expect(Math.abs(fast.weights[i]! - weight)).toBeLessThan(1e-4 * largest);
  }
});
