import { expect, test } from "vitest";
import { normalizeLevel } from "./level.ts";

const rms = (samples: Float32Array): number =>
  Math.sqrt(samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length);

test.each([1e-4, 0.01, 1])("a sine of amplitude %f is scaled to an RMS of 0.08", (amplitude) => {
  const sine = Float32Array.from({ length: 16_000 }, (_, n) => amplitude * Math.sin(n / 10));
  expect(rms(normalizeLevel(sine))).toBeCloseTo(0.08, 4);
});

test("a peak does not clip", () => {
  const click = new Float32Array(16_000);
  click[5] = -0.01;
  expect(normalizeLevel(click)[5]).toBeCloseTo(-0.95, 6);
});

test("silence stays silent, and nothing stays nothing", () => {
  expect(normalizeLevel(new Float32Array(10))).toEqual(new Float32Array(10));
  expect(normalizeLevel(new Float32Array(0))).toHaveLength(0);
});
