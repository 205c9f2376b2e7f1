import {
  array,
  assert as assertProperty,
  constant,
  double,
  integer,
  oneof,
  property,
  tuple,
} from "fast-check";
import { expect, test } from "vitest";
import { SpeechGate, type Span, type SpeechGateOptions } from "./speech-gate.ts";

const frameSec = 0.032;
const frames = (count: number, probability: number): number[] =>
  Array.from({ length: count }, () => probability);

function spansOf(probabilities: readonly number[], options: SpeechGateOptions = {}): Span[] {
  const gate = new SpeechGate(options);
  const spans = probabilities.flatMap((probability) => gate.push(probability) ?? []);
  return [...spans, ...[gate.finish() ?? []].flat()];
}

/** Ten frames: of silence, of padding and of the least speech one half. */
const options: SpeechGateOptions = {
  enter: 0.5,
  leave: 0.3,
  minSpeechSec: 5 * frameSec,
  minSilenceSec: 10 * frameSec,
  padSec: 5 * frameSec,
  maxSpeechSec: 100 * frameSec,
};

test("speech is found with its padding", () => {
  const probabilities = [...frames(50, 0.1), ...frames(20, 0.9), ...frames(50, 0.1)];
  expect(spansOf(probabilities, options)).toEqual([{ startFrame: 45, endFrame: 75 }]);
});

test("padding ends where the recording does", () => {
  expect(spansOf([...frames(2, 0), ...frames(20, 0.9), ...frames(3, 0)], options)).toEqual([
    { startFrame: 0, endFrame: 25 },
  ]);
});

test("between the two thresholds speech goes on but does not begin", () => {
  expect(spansOf(frames(200, 0.4), options)).toEqual([]);
  const probabilities = [...frames(10, 0.9), ...frames(30, 0.4), ...frames(20, 0)];
  expect(spansOf(probabilities, options)).toEqual([{ startFrame: 0, endFrame: 45 }]);
});

const withPause = (pause: number): number[] => [
  ...frames(20, 0.9),
  ...frames(pause, 0),
  ...frames(20, 0.9),
  ...frames(20, 0),
];

test("a pause one frame too short joins, a longer one parts", () => {
  expect(spansOf(withPause(9), options)).toEqual([{ startFrame: 0, endFrame: 54 }]);
  expect(spansOf(withPause(10), options)).toEqual([
    { startFrame: 0, endFrame: 25 },
    { startFrame: 25, endFrame: 55 },
  ]);
});

test("a click is no speech", () => {
  expect(spansOf([...frames(20, 0), ...frames(4, 1), ...frames(20, 0)], options)).toEqual([]);
});

test("speech without a pause is cut where it is least like speech, and nothing is lost", () => {
  const probabilities = frames(250, 0.9);
  probabilities[70] = 0.6;
  probabilities[20] = 0.4; // in the first half: cutting there would leave crumbs
  expect(spansOf([...probabilities, ...frames(20, 0)], options)).toEqual([
    { startFrame: 0, endFrame: 70 },
    { startFrame: 70, endFrame: 120 },
    { startFrame: 120, endFrame: 170 },
    { startFrame: 170, endFrame: 255 },
  ]);
});

test("spans come in order, do not overlap, hold all speech that lasts and stay below the longest", () => {
  const probability = oneof(constant(0), constant(1), double({ min: 0, max: 1 }));
  const runs = array(tuple(probability, integer({ min: 1, max: 60 })), { maxLength: 40 });
  assertProperty(
    property(runs, (given) => {
      const probabilities = given.flatMap(([value, count]) => frames(count, value));
      const spans = spansOf(probabilities, options);
      for (const [n, { startFrame, endFrame }] of spans.entries()) {
        expect(startFrame).toBeGreaterThanOrEqual(spans[n - 1]?.endFrame ?? 0);
        expect(endFrame).toBeLessThanOrEqual(probabilities.length);
        expect(endFrame - startFrame).toBeLessThanOrEqual(100 + 2 * 5);
      }
      for (let n = 0; n + 5 <= probabilities.length; n++) {
        if (!probabilities.slice(n, n + 5).every((value) => value >= 0.5)) continue;
        expect(spans.some((span) => span.startFrame <= n && n < span.endFrame)).toBe(true);
      }
    }),
  );
});

test("what a later span holds is never before keepFrom", () => {
  const gate = new SpeechGate(options);
  let kept = 0;
  const forgotten: Span[] = [];
  for (let n = 0; n < 2000; n++) {
    const span = gate.push(Math.sin(n / 30) > 0 ? 0.9 : 0);
    if (span && span.startFrame < kept) forgotten.push(span);
    expect(gate.keepFrom).toBeGreaterThanOrEqual(kept);
    kept = gate.keepFrom;
  }
  expect(forgotten).toEqual([]);
  expect(kept).toBeGreaterThan(1800);
});

test.each([
  { enter: 0.3, leave: 0.5 },
  { padSec: 0.5, minSilenceSec: 0.6 },
  { minSilenceSec: 5, maxSpeechSec: 4 },
  { leave: Number.NaN },
])("contradicting options are refused: %j", (given) => {
  expect(() => new SpeechGate(given)).toThrow(RangeError);
});
