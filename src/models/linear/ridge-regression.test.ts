import { expect, test } from "vitest";
import { Random } from "../../shared/random.ts";
import type { DenseRows } from "./design-matrix.ts";
import { fitRidgeRegression, ridgeValues } from "./ridge-regression.ts";

const exact = { tolerance: 1e-10, maxIterations: 1000 };
const denseRows = (values: readonly number[], columnCount: number): DenseRows => ({
  columnCount,
  values: Float64Array.from(values),
});

const mean = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

test("of one column the weight is covariance / (variance + penalty), and the line goes through the means", async () => {
  const x = [-2, -1, 0, 1, 3.5];
  const y = [1, 0, 2, 2, 5];
  const covariance = mean(x.map((value, i) => (value - mean(x)) * (y[i]! - mean(y))));
  const variance = mean(x.map((value) => (value - mean(x)) ** 2));
  const { weights } = await fitRidgeRegression(denseRows(x, 1), Float64Array.from(y), {
    outputs: 1,
    penalty: 0.5,
    rowWeights: x.map(() => 1),
    ...exact,
  });
  const slope = covariance / (variance + 0.5);
  expect([...weights]).toEqual([
    expect.closeTo(slope, 8),
    expect.closeTo(mean(y) - slope * mean(x), 8),
  ]);
});

test("of several columns and outputs the residuals meet the normal equations", async () => {
  const random = new Random("ridge");
  const [count, columns, outputs, penalty] = [12, 4, 2, 0.3];
  const rows = denseRows(
    Array.from({ length: count * columns }, () => random.normal()),
    columns,
  );
  const targets = Float64Array.from({ length: count * outputs }, () => random.normal());
  const rowWeights = Array.from({ length: count }, (_, row) => 1 + (row % 3));
  const total = rowWeights.reduce((a, b) => a + b, 0);
  const model = await fitRidgeRegression(rows, targets, { outputs, penalty, rowWeights, ...exact });
  const residuals = ridgeValues(model, rows).map((value, i) => value - targets[i]!);
  const weighted = (row: number, output: number): number =>
    (rowWeights[row]! * residuals[row * outputs + output]!) / total;
  for (let output = 0; output < outputs; output++) {
    const all = Array.from({ length: count }, (_, row) => weighted(row, output));
    expect(all.reduce((a, b) => a + b, 0)).toBeCloseTo(0, 8);
    for (let column = 0; column < columns; column++) {
      const product = all.reduce(
        (sum, r, row) => sum + r * rows.values[row * columns + column]!,
        0,
      );
      expect(product).toBeCloseTo(-penalty * model.weights[column * outputs + output]!, 8);
    }
  }
});
