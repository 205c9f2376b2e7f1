import { expect, test } from "vitest";
import { cutSegment, parseTimeSec } from "./segment.ts";

test("times in seconds, with minutes, hours and days; none; no time", () => {
  const known = ["1.5", "1,5", "0:01.5", "00:00:01.500", "0 days 00:00:01.500000"];
  expect(known.map(parseTimeSec)).toEqual([1.5, 1.5, 1.5, 1.5, 1.5]);
  expect(parseTimeSec("1 day 01:00:01")).toBe(90_001);
  expect(["", "NaT", "nan"].map(parseTimeSec)).toEqual([undefined, undefined, undefined]);
  expect(["soon", "-1", "1:2:3:4"].map(parseTimeSec)).toEqual([NaN, NaN, NaN]);
});

test("a part of samples, to the end where it has none; nothing past the end", () => {
  const samples = Float32Array.from({ length: 10 }, (_, index) => index);
  expect([...cutSegment(samples, 4, { startSec: 0.5, endSec: 1.25 })]).toEqual([2, 3, 4]);
  expect([...cutSegment(samples, 4, { startSec: 2 })]).toEqual([8, 9]);
  expect(cutSegment(samples, 4, undefined)).toBe(samples);
  expect([...cutSegment(samples, 4, { startSec: 2, endSec: 9 })]).toEqual([8, 9]);
  expect(() => cutSegment(samples, 4, { startSec: 2.5 })).toThrow(
    expect.objectContaining({ code: "audio-empty" }),
  );
});
