import { expect, test } from "vitest";
import { evenLevel } from "./even-level.ts";

const sampleRate = 1000;
const rms = (samples: Float32Array): number =>
  Math.sqrt(samples.reduce((sum, x) => sum + x * x, 0) / samples.length);

test("a loud voice and a quiet one after it become alike", () => {
  const tone = Float32Array.from({ length: 8000 }, (_, n) => Math.sin(n / 3));
  const samples = tone.map((x, n) => x * (n < 4000 ? 0.5 : 0.01));
  const even = evenLevel(samples, sampleRate);
  expect(rms(even.subarray(0, 3000))).toBeCloseTo(0.08, 3);
  expect(rms(even.subarray(5000))).toBeCloseTo(0.08, 3);
});

test("peaks are cut, and silence stays silent", () => {
  const click = new Float32Array(4000);
  click[2000] = 1e-3;
  const even = evenLevel(click, sampleRate);
  expect(even[2000]).toBeCloseTo(0.95, 6);
  expect(even.filter((x) => x !== 0)).toHaveLength(1);
  expect(evenLevel(new Float32Array(0), sampleRate)).toHaveLength(0);
});
