import { expect, test } from "vitest";
import { spansWithin } from "./spans.ts";

const spans = [0, 2, 4, 6].map((startSec) => ({ startSec, endSec: startSec + 1.5 }));

test.each([
  ["a part", { startSec: 3, endSec: 4.1 }, [2, 4]],
  ["a pause", { startSec: 1.5, endSec: 2 }, []],
  ["ends alone", { startSec: 1.4, endSec: 2.1 }, [0, 2]],
  ["all", { startSec: -1, endSec: 99 }, [0, 2, 4, 6]],
  ["what follows", { startSec: 7.5, endSec: 9 }, []],
])("of %s", (_, time, expected) => {
  expect(spansWithin(spans, time).map(({ startSec }) => startSec)).toEqual(expected);
});

test("of none there are none", () => {
  expect(spansWithin([], { startSec: 0, endSec: 1 })).toEqual([]);
});
