import { describe, expect, test } from "vitest";
import { fed, drawn, gradientError, valuesOf } from "../../../test/finite-differences.ts";
import { parameter, type Tensor } from "../tensor.ts";
import { concatenate, expand, pad, reshape, reverse, slice, transpose } from "./layout.ts";

const counted = fed("x", [2, 3], [0, 1, 2, 3, 4, 5]);
const column = fed("column", [2, 1], [10, 20]);
const x = counted.tensor;

const rearranged: readonly [string, Tensor, readonly number[], readonly number[]][] = [
  ["reshape", reshape(x, [3, 2]), [3, 2], [0, 1, 2, 3, 4, 5]],
  ["reshape, first axis kept", reshape(x, [2, 1, 3]), [2, 1, 3], [0, 1, 2, 3, 4, 5]],
  ["transpose", transpose(x, [1, 0]), [3, 2], [0, 3, 1, 4, 2, 5]],
  ["slice of columns", slice(x, { axis: 1, start: 1, end: 3 }), [2, 2], [1, 2, 4, 5]],
  ["slice of a row", slice(x, { axis: 0, start: 1, end: 2 }), [1, 3], [3, 4, 5]],
  ["pad", pad(x, { axis: 1, before: 1, after: 2 }), [2, 6], [0, 0, 1, 2, 0, 0, 0, 3, 4, 5, 0, 0]],
  [
    "pad of a negative axis",
    pad(x, { axis: -2, before: 0, after: 1 }),
    [3, 3],
    [0, 1, 2, 3, 4, 5, 0, 0, 0],
  ],
  ["pad that shifts", pad(x, { axis: 1, before: 1, after: -1 }), [2, 3], [0, 0, 1, 0, 3, 4]],
  ["pad that cuts", pad(x, { axis: 1, before: -1, after: 0 }), [2, 2], [1, 2, 4, 5]],
  ["reverse of one axis", reverse(x, [1]), [2, 3], [2, 1, 0, 5, 4, 3]],
  ["reverse of all axes", reverse(x, [0, 1]), [2, 3], [5, 4, 3, 2, 1, 0]],
  [
    "concatenate",
    concatenate([x, column.tensor, x], 1),
    [2, 7],
    [0, 1, 2, 10, 0, 1, 2, 3, 4, 5, 20, 3, 4, 5],
  ],
  ["expand", expand(column.tensor, [2, 3]), [2, 3], [10, 10, 10, 20, 20, 20]],
  ["expand by a new axis", expand(column.tensor, [2, 2, 1]), [2, 2, 1], [10, 20, 10, 20]],
];

test.each(rearranged)("%s: shape, values and gradients", async (...row) => {
  const [name, y, shape, values] = row;
  expect(y.shape).toEqual(shape);
  expect(await valuesOf(y, [counted, column])).toEqual(values);
  const leaves = [
    ...(name.startsWith("expand") ? [] : [counted]),
    ...(/expand|concatenate/.test(name) ? [column] : []),
  ];
  expect(await gradientError(y, leaves)).toBeLessThan(1e-4);
});

test("transpose of three axes puts each where its order says", async () => {
  const cube = drawn("cube", [2, 3, 4]);
  const turned = transpose(cube.tensor, [2, 0, 1]);
  expect(turned.shape).toEqual([4, 2, 3]);
  const values = await valuesOf(turned, [cube]);
  for (let a = 0; a < 2; a++) {
    for (let b = 0; b < 3; b++) {
      for (let c = 0; c < 4; c++) {
        expect(values[c * 6 + a * 3 + b]).toBe(cube.values[a * 12 + b * 4 + c]);
      }
    }
  }
  expect(await gradientError(turned, [cube])).toBeLessThan(1e-4);
});

describe("a slice of every second element", () => {
  const odd = slice(x, { axis: 1, start: 0, end: 3, step: 2 });

  test("takes them", async () => {
    expect(odd.shape).toEqual([2, 2]);
    expect(await valuesOf(odd, [counted])).toEqual([0, 2, 3, 5]);
  });

  test.each([
    { start: 0, end: 7, step: 2 },
    { start: 1, end: 6, step: 2 },
    { start: 2, end: 6, step: 3 },
    { start: 0, end: 2, step: 5 },
  ])("lays its gradient out again: $start to $end by $step", async ({ start, end, step }) => {
    const row = drawn("row", [2, 7, 2]);
    const taken = slice(row.tensor, { axis: 1, start, end, step });
    expect(await gradientError(taken, [row])).toBeLessThan(1e-3);
  });
});

test("shapes that change nothing add nothing to the graph", () => {
  expect(reshape(x, [2, 3])).toBe(x);
  expect(expand(x, [2, 3])).toBe(x);
  expect(pad(x, { axis: 1, before: 0, after: 0 })).toBe(x);
  expect(slice(x, { axis: 1, start: 0, end: 3 })).toBe(x);
});

test.each([
  [() => reshape(x, [4]), /^Reshape: shapes \[2, 3\] do not fit: 4 elements/],
  [() => transpose(x, [0, 0]), /^Transpose: .*\[2, 3\].*order \[0, 0\]/],
  [() => transpose(x, [0]), /^Transpose/],
  [() => expand(x, [2, 4]), /^Expand: shapes \[2, 3\] and \[2, 4\]/],
  [() => expand(x, [3]), /^Expand: shapes \[2, 3\] and \[3\]/],
  [() => slice(x, { axis: 1, start: 2, end: 4 }), /^Slice: shapes \[2, 3\] .*2 to 4/],
  [() => slice(x, { axis: 1, start: 2, end: 2 }), /^Slice/],
  [() => slice(x, { axis: 2, start: 0, end: 1 }), /^Slice/],
  [() => pad(x, { axis: 2, before: 1, after: 0 }), /axis 2 is outside/],
  [() => concatenate([x, parameter("y", [3, 3])], 1), /^Concat: shapes \[2, 3\] and \[3, 3\]/],
  [() => concatenate([], 0), /at least one/],
  [() => reverse(x, [2]), /axis 2 is outside/],
])("refuses what does not fit (%#)", (call, message) => {
  expect(call).toThrow(RangeError);
  expect(call).toThrow(message);
});
