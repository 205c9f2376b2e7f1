import { expect, test } from "vitest";
import { wordTimes } from "./word-times.ts";

const saying = (text: string) => ({ text, startSec: 2, endSec: 8 });

test("words fill the time of their segment in order, by their letters", () => {
  expect(wordTimes(saying("no  nonono"))).toEqual([
    { text: "no", startSec: 2, endSec: expect.closeTo(2 + (6 * 3.5) / 11) },
    { text: "nonono", startSec: expect.closeTo(2 + (6 * 3.5) / 11), endSec: 8 },
  ]);
});

test("no text has no words", () => {
  expect(wordTimes(saying(" "))).toEqual([]);
});
