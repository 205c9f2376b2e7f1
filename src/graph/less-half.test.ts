import { expect, test } from "vitest";
import { lessHalf } from "./less-half.ts";

test("bytes of any number and place are less by 128", () => {
  const bytes = Uint8Array.from([9, 0, 1, 127, 128, 255]).subarray(1);
  expect([...lessHalf(bytes)]).toEqual([-128, -127, -1, 0, 127]);
});
