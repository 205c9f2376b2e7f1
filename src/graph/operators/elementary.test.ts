import { expect, test } from "vitest";
import { fed, gradientError, valuesOf } from "../../../test/finite-differences.ts";
import { clip, step } from "./elementary.ts";

test("clip: values, and gradients between its ends alone", async () => {
  const x = fed("x", [5], [-3, -0.9, 0.1, 1.9, 4]);
  const y = clip(x.tensor, -1, 2);
  expect(await valuesOf(y, [x])).toEqual([-1, ...x.values.subarray(1, 4), 2]);
  expect(await gradientError(y, [x])).toBeLessThan(1e-3);
});

test("step is 1 above nought, else 0", async () => {
  const x = fed("x", [6], [-1e30, -1e-36, 0, 1.2e-38, 0.5, 1e30]);
  expect(await valuesOf(step(x.tensor), [x])).toEqual([0, 0, 0, 1, 1, 1]);
});
