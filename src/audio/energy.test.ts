import { expect, test } from "vitest";
import { largestError, reference, referenceSignal } from "../../test/reference/features.ts";
import { synthesize } from "../../test/sounds.ts";
import { rmsEnergy, zeroCrossingRate } from "./energy.ts";

test.each(reference.energy)("frames of $frameLength every $hopLength are numpy's", (expected) => {
  const signal = referenceSignal();
  expect(largestError(rmsEnergy(signal, expected), expected.rmsEnergy)).toBeLessThan(1e-6);
  expect(largestError(zeroCrossingRate(signal, expected), expected.zeroCrossingRate)).toBeLessThan(
    1e-6,
  );
});

test("a sine has the RMS of its amplitude over √2 and two crossings a period", () => {
  const sine = synthesize(1, 16_000, (t) => 0.8 * Math.sin(2 * Math.PI * 250 * t + 0.1));
  expect(rmsEnergy(sine)[10]).toBeCloseTo(0.8 / Math.SQRT2, 5);
  expect(zeroCrossingRate(sine)[10]).toBeCloseTo(500 / 16_000, 5);
});

test("silence has neither, and an empty recording is one frame of it", () => {
  expect([...rmsEnergy(new Float32Array(600))]).toEqual([0, 0]);
  expect([...zeroCrossingRate(new Float32Array(600))]).toEqual([0, 0]);
  expect([...rmsEnergy(new Float32Array(0))]).toEqual([0]);
});

test.each([{ frameLength: 0 }, { hopLength: 1.5 }])("refuses %o", (options) => {
  expect(() => rmsEnergy(new Float32Array(10), options)).toThrow(RangeError);
});
