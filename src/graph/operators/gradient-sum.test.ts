import { describe, expect, test } from "vitest";
import { drawn, gradientError } from "../../../test/finite-differences.ts";
import { gradients } from "../gradients.ts";
import { operationsOf } from "../traverse.ts";
import type { Tensor } from "../tensor.ts";
import { add, exp, multiply } from "./arithmetic.ts";
import { slice } from "./layout.ts";
import { reduceSum } from "./reduce.ts";

const x = drawn("x", [3, 6, 2]);

/** How often each operator stands in the gradient of the sum of y's elements by x. */
function operatorsOf(y: Tensor, by: Tensor): Record<string, number> {
  const [gradient] = gradients(reduceSum(y, { axes: y.shape.map((_, axis) => axis) }), [by]);
  const counts: Record<string, number> = {};
  for (const { operator } of operationsOf([gradient!]))
    counts[operator] = (counts[operator] ?? 0) + 1;
  return counts;
}

/** Sum of e to the power of each slice [start, end] along axis 1, each weighed by its place. */
function slices(...ranges: readonly (readonly [number, number])[]): Tensor {
  return ranges
    .map(([start, end]) => {
      const powers = exp(slice(x.tensor, { axis: 1, start, end }));
      return reduceSum(multiply(powers, powers), { axes: [1] });
    })
    .reduce((sum, term) => add(sum, term));
}

describe("slices of one tensor", () => {
  test.each([
    { name: "beside each other, out of order", y: slices([4, 6], [0, 1], [1, 4]), pads: 0 },
    { name: "with a gap", y: slices([0, 2], [2, 3], [4, 6]), pads: 2 },
    { name: "that overlap", y: slices([0, 3], [2, 5], [3, 6]), pads: 1 },
    { name: "the same twice", y: slices([0, 3], [0, 3], [3, 6]), pads: 1 },
    {
      name: "along two axes, beside another use",
      y: add(
        slices([0, 3], [3, 6]),
        add(
          reduceSum(x.tensor, { axes: [1] }),
          slice(slice(x.tensor, { axis: 2, start: 1, end: 2 }), { axis: 1, start: 5, end: 6 }),
        ),
      ),
      pads: 2,
    },
  ])("$name", async ({ y, pads }) => {
    expect(operatorsOf(y, x.tensor)["Pad"] ?? 0).toBe(pads);
    expect(await gradientError(y, [x])).toBeLessThan(1e-3);
  });
});
