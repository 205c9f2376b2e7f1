import { expect, test } from "vitest";
import { Random } from "../shared/random.ts";
import { fitClassGaussians, shrunkCovariance } from "./class-gaussians.ts";

test("covariance is shrunk as scikit-learn's OAS does", () => {
  // numpy: the formula of sklearn.covariance.oas with assume_centered=True.
  const rows = [
    [4, 8, 0],
    [-4, -7, 1],
    [3, 5, 2],
    [-2, -5, 1],
    [1, 3, -1],
    [-3, -6, 0],
  ].map((row) => Float64Array.from(row));
  const expected = [
    11.817692204, 9.637846468, -0.09092308, 9.637846468, 25.728923426, -0.454615399, -0.09092308,
    -0.454615399, 7.45338437,
  ];
  for (const [i, value] of shrunkCovariance(rows).entries())
    expect(value).toBeCloseTo(expected[i]!, 9);
});

const width = 3;
const centers = [
  [0, 0, 0],
  [5, -2, 1],
];

/** Two classes about their centers, the second axis correlated with the first. */
function drawn(count: number): { rows: Float32Array; width: number; labels: number[] } {
  const random = new Random("gaussians");
  const labels = Array.from({ length: count }, (_, index) => 4 * (index % 2));
  const rows = labels.flatMap((label) => {
    const [a, b, c] = [random.normal(), random.normal(), random.normal()];
    const center = centers[label / 4]!;
    return [center[0]! + a, center[1]! + a + 2 * b, center[2]! + 0.7 * c];
  });
  return { rows: Float32Array.from(rows), width, labels };
}

test("classes that occur get their means, and whitened residuals unit covariance", () => {
  const data = drawn(4000);
  const { means, whitening } = fitClassGaussians(data);
  expect(means).toHaveLength(2);
  for (const [label, mean] of means.entries()) {
    for (const [axis, value] of mean.entries()) {
      expect(Math.abs(value - centers[label]![axis]!)).toBeLessThan(0.1);
    }
  }
  const white = data.labels.map((label, index) =>
    Float64Array.from({ length: width }, (_, column) => {
      let sum = 0;
      for (let axis = 0; axis < width; axis++) {
        const residual = data.rows[index * width + axis]! - means[label / 4]![axis]!;
        sum += residual * whitening[axis * width + column]!;
      }
      return sum;
    }),
  );
  const identity = [1, 0, 0, 0, 1, 0, 0, 0, 1];
  for (const [i, value] of shrunkCovariance(white).entries()) {
    expect(Math.abs(value - identity[i]!)).toBeLessThan(0.05);
  }
});

test.each([
  ["one row", [1, 2, 3], [0]],
  ["rows that are all the same", [1, 2, 3, 1, 2, 3], [0, 0]],
  ["fewer rows than numbers in them", [1, 2, 3, 3, 2, 1], [0, 0]],
])("%s will do", (_, rows, labels) => {
  const { whitening } = fitClassGaussians({ rows: Float32Array.from(rows), width, labels });
  expect(whitening.every(Number.isFinite)).toBe(true);
  expect(whitening[0]).toBeGreaterThan(0);
});
