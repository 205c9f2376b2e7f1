import { expect, test } from "vitest";
import { resegment, type EmbeddedRegion } from "./resegment.ts";

const centroids = [Float32Array.of(1, 0), Float32Array.of(0, 1)];

/** Windows of 1.5 s each 0.5 s, of which each is as much of either speaker as they speak in it; the change is at `changeSec`. */
function region(startSec: number, endSec: number, changeSec: number): EmbeddedRegion {
  const windows = [];
  for (let from = startSec; from + 1.5 <= endSec + 1e-9; from += 0.5) {
    const first = Math.min(1, Math.max(0, (changeSec - from) / 1.5));
    const length = Math.hypot(first, 1 - first);
    const embedding = Float32Array.of(first / length, (1 - first) / length);
    windows.push({ startSec: from, endSec: from + 1.5, embedding });
  }
  return { startSec, endSec, windows, overlaps: [] };
}

test("finds the change of speaker within a region to a few tenths of a second", () => {
  const spans = resegment([region(10, 16, 13)], centroids);
  expect(spans.map(({ speaker }) => speaker)).toEqual([0, 1]);
  expect(Math.abs(spans[0]!.endSec - 13)).toBeLessThan(0.3);
  expect([spans[0]!.startSec, spans[1]!.endSec]).toEqual([10, expect.closeTo(16, 6)]);
  expect(spans[1]!.startSec).toBeCloseTo(spans[0]!.endSec, 9);
});

test("a single odd window is no change, and spans do not cross pauses", () => {
  const steady = region(0, 6, 100);
  const odd = steady.windows.map((window, index) =>
    index === 4 ? { ...window, embedding: Float32Array.of(0.6, 0.8) } : window,
  );
  const spans = resegment(
    [{ ...steady, windows: odd }, region(8, 11, 0), region(12, 14, 100)],
    centroids,
  );
  expect(spans.map(({ speaker, startSec }) => [speaker, +startSec.toFixed(3)])).toEqual([
    [0, 0],
    [1, 8],
    [0, 12],
  ]);
});

test("no speech is no spans", () => {
  expect(resegment([], centroids)).toEqual([]);
});
