import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { minimize, type Objective } from "./lbfgs.ts";
import { nodeRuntime } from "../../graph/runtime.node.ts";
import type { DenseRows, SparseRows } from "./design-matrix.ts";
import { fitLogisticRegression, probabilities } from "./logistic-regression.ts";

/** Optima by Newton's method with numpy: `text.py` beside the file. */
const {
  regression: reference,
}: {
  regression: {
    classes: number;
    columns: number;
    x: number[];
    labels: number[];
    runs: { c: number; balanced: boolean; weights: number[] }[];
  };
} = JSON.parse(readFileSync(new URL("../../../test/reference/text.json", import.meta.url), "utf8"));

const exact = { tolerance: 1e-10, maxIterations: 1000 };
const labels = Int32Array.from(reference.labels);
const denseRows = (values: ArrayLike<number>, columnCount: number): DenseRows => ({
  columnCount,
  values: Float64Array.from(values),
});
const rows = denseRows(reference.x, reference.columns);

test.each(reference.runs)(
  "C $c, balanced $balanced: Newton's optimum",
  async ({ weights, ...run }) => {
    const { classes } = reference;
    const fitted = await fitLogisticRegression(rows, labels, { classes, ...run, ...exact });
    expect(fitted.weights).toHaveLength(weights.length);
    for (const [i, weight] of weights.entries()) expect(fitted.weights[i]).toBeCloseTo(weight, 6);
  },
);

test("rows of a few columns among thousands are fitted as if all were written out", async () => {
  const columnCount = 2000;
  const width = rows.columnCount;
  const sparse: SparseRows = {
    columnCount,
    starts: Int32Array.from({ length: labels.length + 1 }, (_, row) => row * width),
    columns: Int32Array.from(rows.values, (_, entry) => 400 * (entry % width) + 7),
    values: rows.values,
  };
  const options = { classes: reference.classes, c: 1, ...exact };
  const fewer = await fitLogisticRegression(rows, labels, options);
  const more = await fitLogisticRegression(sparse, labels, options);
  const [expected, got] = [probabilities(fewer, rows), probabilities(more, sparse)];
  for (const [i, p] of expected.entries()) expect(got[i]).toBeCloseTo(p, 8);
});

test("without features: the shares of the classes, equal ones when balanced, none where none occur", async () => {
  const empty = denseRows(new Float64Array(10), 1);
  const options = { classes: 3, c: 1, ...exact };
  const some = Int32Array.of(0, 0, 0, 0, 0, 0, 0, 1, 1, 1);
  const fitted = await fitLogisticRegression(empty, some, options);
  const [a, b, c] = probabilities(fitted, empty);
  expect([a, b]).toEqual([expect.closeTo(0.7, 5), expect.closeTo(0.3, 5)]);
  expect(c).toBeLessThan(1e-5);
  const balanced = await fitLogisticRegression(empty, some, { ...options, balanced: true });
  expect([...probabilities(balanced, empty).subarray(0, 2)]).toEqual([
    expect.closeTo(0.5, 5),
    expect.closeTo(0.5, 5),
  ]);
});

test("a start at the optimum stays there", async () => {
  const options = { classes: reference.classes, c: 1, ...exact };
  const start = await fitLogisticRegression(rows, labels, options);
  const again = await fitLogisticRegression(rows, labels, { ...options, start, maxIterations: 1 });
  for (const [i, weight] of start.weights.entries()) {
    expect(again.weights[i]).toBeCloseTo(weight, 8);
  }
});

test("labels must be as many as rows", async () => {
  const options = { classes: 3, c: 1 };
  await expect(fitLogisticRegression(rows, Int32Array.of(1), options)).rejects.toThrow(
    /1 labels .* 40/,
  );
  const rowWeights = [1, 2];
  await expect(fitLogisticRegression(rows, labels, { ...options, rowWeights })).rejects.toThrow(
    /^.* 2 lab/,
  );
});

test.each([false, true])(
  "a row of weight 2 counts as one that stands twice, balanced %j",
  async (balanced) => {
    const values = [0.3, -1, 0.8, 0.1, -0.4];
    const options = { classes: 2, c: 1, balanced, ...exact };
    const twice = await fitLogisticRegression(
      denseRows([...values, 0.8], 1),
      Int32Array.of(0, 1, 0, 1, 1, 0),
      options,
    );
    const weighed = await fitLogisticRegression(
      denseRows(values, 1),
      Int32Array.of(0, 1, 0, 1, 1),
      {
        ...options,
        rowWeights: [1, 1, 2, 1, 1],
      },
    );
    for (const [i, weight] of twice.weights.entries()) {
      expect(weighed.weights[i]).toBeCloseTo(weight, 7);
    }
  },
);

function valley(x: Float64Array, gradient: Float64Array): number {
  const [a, b] = [x[0]!, x[1]!];
  gradient[0] = -2 * (1 - a) - 400 * a * (b - a * a);
  gradient[1] = 200 * (b - a * a);
  return (1 - a) ** 2 + 100 * (b - a * a) ** 2;
}

/** Ten thousand times steeper along every fifth axis than along the first. */
function bowl(x: Float64Array, gradient: Float64Array): number {
  let value = 0;
  for (const [i, place] of x.entries()) {
    const steepness = 10 ** (i % 5);
    gradient[i] = steepness * (place - i);
    value += 0.5 * steepness * (place - i) ** 2;
  }
  return value;
}

const resolving =
  (objective: (x: Float64Array, gradient: Float64Array) => number): Objective =>
  async (x, gradient) =>
    objective(x, gradient);

test("L-BFGS finds the bottom of Rosenbrock's valley, and of a long bowl", async () => {
  const [a, b] = await minimize(resolving(valley), Float64Array.of(-1.2, 1), exact);
  expect([a, b]).toEqual([expect.closeTo(1, 8), expect.closeTo(1, 8)]);
  const bottom = await minimize(resolving(bowl), new Float64Array(50), exact);
  for (const [i, place] of bottom.entries()) expect(place).toBeCloseTo(i, 8);
});

test("a fit can be stopped between iterations", async () => {
  const iterations: number[] = [];
  const onIteration = async (iteration: number): Promise<void> => {
    iterations.push(iteration);
    if (iteration === 2) throw new Error("enough");
  };
  const options = { classes: reference.classes, c: 1, ...exact, onIteration };
  await expect(fitLogisticRegression(rows, labels, options)).rejects.toThrow("enough");
  expect(iterations).toEqual([0, 1, 2]);
});

test("ONNX Runtime finds the optimum that plain loops find", async () => {
  const options = { classes: reference.classes, c: 1 };
  const exactly = await fitLogisticRegression(rows, labels, options);
  const fast = await fitLogisticRegression(rows, labels, { ...options, runtime: nodeRuntime });
  const [expected, got] = [probabilities(exactly, rows), probabilities(fast, rows)];
  for (const [i, p] of expected.entries()) expect(got[i]).toBeCloseTo(p, 3);
});

test("rows of a corpus without a class say nothing of it", async () => {
  const values = [0, 0, 1, 1, 0, 0, 1, 1];
  const some = Int32Array.of(0, 0, 1, 1, 0, 0, 2, 2);
  const ofCorpus = [new Set([0, 1]), new Set([0, 2])];
  const rowClasses = values.map((_, row) => ofCorpus[row < 4 ? 0 : 1]);
  const matrix = denseRows(values, 1);
  const fit = (given: object) =>
    fitLogisticRegression(matrix, some, { classes: 3, c: 10, ...exact, ...given });
  const high = probabilities(await fit({ rowClasses }), denseRows([1], 1));
  const plain = probabilities(await fit({}), denseRows([1], 1));
  // Each corpus alone puts its own class above class 0; together they would halve it.
  expect(high[1]! / high[0]!).toBeGreaterThan(1.5 * (plain[1]! / plain[0]!));
});
