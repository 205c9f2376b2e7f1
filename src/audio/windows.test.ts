import { expect, test } from "vitest";
import { hannWindow } from "./windows.ts";

test("the Hann window is periodic: copies shifted by half its length add up to 1", () => {
  const window = hannWindow(400);
  expect(window[0]).toBe(0);
  expect(window[200]).toBe(1);
  for (let n = 0; n < 200; n++) expect(window[n]! + window[n + 200]!).toBeCloseTo(1, 6);
  expect([...hannWindow(4)]).toEqual([0, 0.5, 1, 0.5]);
  expect([...hannWindow(1)]).toEqual([0]);
});

test.each([0, -1, 2.5, Number.NaN])("refuses the length %s", (length) => {
  expect(() => hannWindow(length)).toThrow(RangeError);
});
