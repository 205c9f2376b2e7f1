import { expect, test } from "vitest";
import { overlapsIn } from "./overlap-head.ts";

const perSec = 40;

/** Probabilities of two seconds; those from `start` to `end` are 1. */
function probabilities(start: number, end: number): Float32Array {
  return Float32Array.from({ length: 2 * perSec }, (_, frame) => {
    const sec = (frame + 0.5) / perSec;
    return sec > start && sec < end ? 1 : 0;
  });
}

test("an overlap lies where it is probable", () => {
  const threshold = 0.5;
  const [found, ...others] = overlapsIn(probabilities(0.5, 1.25), { perSec, threshold });
  expect(others).toEqual([]);
  expect(found!.startSec).toBeCloseTo(0.5, 1);
  expect(found!.endSec).toBeCloseTo(1.25, 1);
  const atEnd = overlapsIn(probabilities(1.5, 3), { perSec, threshold });
  expect(atEnd).toEqual([{ startSec: expect.closeTo(1.5, 1), endSec: 2 }]);
});

test("a moment is none, and neither is what is less probable than the threshold", () => {
  expect(overlapsIn(probabilities(1, 1.1), { perSec, threshold: 0.5 })).toEqual([]);
  const weak = probabilities(0.5, 1.5).map((value) => value / 2);
  expect(overlapsIn(weak, { perSec, threshold: 0.6 })).toEqual([]);
  expect(overlapsIn(weak, { perSec, threshold: 0.4 })).toHaveLength(1);
  expect(overlapsIn(new Float32Array(0), { perSec, threshold: 0.4 })).toEqual([]);
});
