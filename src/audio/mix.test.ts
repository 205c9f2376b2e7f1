import { expect, test } from "vitest";
import { toMono } from "./mix.ts";

test("mono is the mean of all channels", () => {
  const left = Float32Array.of(1, 0, -0.5);
  const right = Float32Array.of(0, 0, 0.5);
  expect(toMono([left, right])).toEqual(Float32Array.of(0.5, 0, 0));
  expect(toMono([left, right, left, right])).toEqual(Float32Array.of(0.5, 0, 0));
  expect(toMono([left])).toBe(left);
});

test("no channel, or channels of several lengths, is a caller's bug", () => {
  expect(() => toMono([])).toThrow(RangeError);
  expect(() => toMono([new Float32Array(2), new Float32Array(3)])).toThrow("[2, 3]");
});
