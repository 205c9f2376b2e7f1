import { expect, test } from "vitest";
import { microBatches, pickRows } from "./micro-batches.ts";

test("rows of like length go together, at the next length that a graph is built for", () => {
  const rows = 20;
  const filled = [16, 1, 7, 3, 4, 5, 6, 2, 8, 9, 10, 11, 1, 1, 1, 1, 1, 1, 1, 1];
  const x = Float32Array.from({ length: rows * 32 }, (_, index) =>
    index % 32 < 2 * filled[Math.floor(index / 32)]! - 1 ? 1 : 0,
  );
  const mask = Float32Array.from({ length: rows * 16 }, (_, index) => (index % 16 < 2 ? 1 : 0));
  expect(microBatches({ x, mask }, { x: [16, 2], mask: [16] }, { rows })).toEqual([
    { rows: [1, 7, 12, 13, 14, 15, 16, 17, 18, 19, 3, 4, 5, 6, 2, 8], share: 8 / 16 },
    { rows: [9, 10, 11, 0], share: 1 },
  ]);
});

test("a row of zeros alone still has a length", () => {
  const groups = microBatches({ x: new Float32Array(16) }, { x: [16] }, { rows: 1 });
  expect(groups).toEqual([{ rows: [0], share: 1 / 16 }]);
});

test("picks rows, cut to a length", () => {
  const values = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9);
  expect([...pickRows(values, [2, 0], { from: 3, to: 2 })]).toEqual([7, 8, 1, 2]);
});
