import { expect, test } from "vitest";
import { toFloat16, writeFloat16 } from "./float16.ts";

/** What is left of numbers after half precision. */
const rounded = (values: number[]): number[] => {
  const target = new Float32Array(values.length);
  writeFloat16(toFloat16(Float32Array.from(values)), target, 0);
  return [...target];
};

test("bits are those of IEEE 754", () => {
  const values = [0, 1, -2, 0.5, 65504, 2 ** -14, 2 ** -24, 1 / 3];
  expect([...toFloat16(Float32Array.from(values))]).toEqual([
    0, 0x3c00, 0xc000, 0x3800, 0x7bff, 0x0400, 0x0001, 0x3555,
  ]);
});

test("numbers come back to 11 bits", () => {
  const values = Array.from({ length: 1000 }, (_, n) => 1.02 ** (n - 500) * (-1) ** n);
  for (const [index, value] of rounded(values).entries()) {
    const exact = Math.min(65504, Math.abs(values[index]!)) * Math.sign(values[index]!);
    expect(Math.abs(value - exact)).toBeLessThanOrEqual(
      Math.max(2 ** -25, 2 ** -11 * Math.abs(exact)) * 1.001,
    );
  }
});

test("what is too large stays finite", () => {
  expect(rounded([1e9, -Infinity])).toEqual([65504, -65504]);
});

test("they are written where they belong, and nowhere else", () => {
  const target = new Float32Array(4).fill(9);
  writeFloat16(toFloat16(Float32Array.of(1, 2)), target, 1);
  expect([...target]).toEqual([9, 1, 2, 9]);
  expect(() => writeFloat16(new Uint16Array(2), target, 3)).toThrow(RangeError);
});
