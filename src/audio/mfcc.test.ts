import { expect, test } from "vitest";
import { largestError, reference, transposed } from "../../test/reference/features.ts";
import { deltas } from "./deltas.ts";
import { mfcc, mfccMatrix } from "./mfcc.ts";

const nMels = 64;
const logMel = transposed(reference.logMel[0]!.logMel, nMels);

test.each(reference.mfcc)("$nMfcc coefficients with lifter $lifter are scipy's", (expected) => {
  const actual = mfcc(logMel, { nMels, nMfcc: expected.nMfcc, lifter: expected.lifter });
  expect(largestError(actual, transposed(expected.values, expected.nMfcc))).toBeLessThan(1e-5);
});

test("the whole matrix is orthonormal", () => {
  const matrix = mfccMatrix(16, 16);
  for (let a = 0; a < 16; a++) {
    for (let b = 0; b < 16; b++) {
      let product = 0;
      for (let n = 0; n < 16; n++) product += matrix[a * 16 + n]! * matrix[b * 16 + n]!;
      expect(product).toBeCloseTo(a === b ? 1 : 0, 6);
    }
  }
});

test.each(reference.deltas)("deltas of order $order over $width frames are scipy's", (expected) => {
  const features = transposed(reference.mfcc[0]!.values, 13);
  const actual = deltas(features, { ...expected, frames: features.length / 13 });
  expect(largestError(actual, transposed(expected.values, 13))).toBeLessThan(1e-5);
});

const line = (t: number): number => 3 * t + 1;
const parabola = (t: number): number => 0.5 * t * t - t;

test("a line has its slope and a parabola its curvature, each row for itself", () => {
  const frames = 12;
  const rows = Float32Array.from({ length: 2 * frames }, (_, index) =>
    index < frames ? line(index) : parabola(index - frames),
  );
  const slopes = deltas(rows, { frames });
  for (let t = 0; t < frames; t++) expect(slopes[t]).toBeCloseTo(3, 5);
  expect(slopes[frames + 6]).toBeCloseTo(5, 5);
  const curvatures = deltas(rows, { frames, order: 2, width: 5 });
  for (let t = 0; t < frames; t++) {
    expect(curvatures[t]).toBeCloseTo(0, 5);
    expect(curvatures[frames + t]).toBeCloseTo(1, 5);
  }
});

test.each([
  [() => mfcc(new Float32Array(65), { nMels }), /65 values/],
  [() => mfcc(new Float32Array(64), { nMels, nMfcc: 65 }), /nMfcc/],
  [() => mfccMatrix(13, 40, -1), /lifter/],
  [() => deltas(new Float32Array(20), { frames: 10, width: 4 }), /odd/],
  [() => deltas(new Float32Array(14), { frames: 7 }), /7 frames/],
  [() => deltas(new Float32Array(25), { frames: 10 }), /25 values/],
])("refuses what does not fit (%#)", (call, message) => {
  expect(call).toThrow(RangeError);
  expect(call).toThrow(message);
});
