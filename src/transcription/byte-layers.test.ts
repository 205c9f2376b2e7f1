import { expect, test } from "vitest";
import { columnSums } from "./byte-layers.ts";

test("columns of bytes are summed exactly, more of them than 16 bits hold, wherever they lie in a file", () => {
  const [rows, columns] = [600, 8];
  const file = Buffer.alloc(1 + rows * columns, 255);
  const bytes = file.subarray(1);
  for (let row = 0; row < rows; row++) bytes[row * columns + 5] = row % 3;
  const zeros = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 255);
  const sums = columnSums({ bytes, rows, columns, zeros, scales: new Float32Array(columns) });
  const expected = Array.from(zeros, (zero) => rows * (255 - zero));
  expected[5] = rows * (1 - 5);
  expect([...sums]).toEqual(expected);
});
