import { array, assert, constant, double, property, tuple } from "fast-check";
import { expect, test } from "vitest";
import { LabelSmoother, poolProbabilities, switchingCost, type Observation } from "./smoothing.ts";

const observe = (rows: readonly (readonly number[])[], weight = 0.5): Observation[] =>
  rows.map((row, t) => ({
    startSec: t * 1.5,
    endSec: (t + 1) * 1.5,
    probabilities: Float32Array.from(row),
    weight,
  }));

function smoothLabels(observations: readonly Observation[]): number[] {
  const smoother = new LabelSmoother();
  const decided = observations.flatMap((observation) => smoother.push(observation));
  return [...decided, ...smoother.finish()];
}

/** The best of all paths, by trying them all. */
function bestPath(observations: readonly Observation[], labelCount: number): number[] {
  let best: number[] = [];
  let bestScore = -Infinity;
  for (let code = 0; code < labelCount ** observations.length; code++) {
    const path = observations.map((_, t) => Math.floor(code / labelCount ** t) % labelCount);
    const score = observations.reduce((sum, { probabilities, weight }, t) => {
      const changed = t > 0 && path[t] !== path[t - 1];
      const cost = changed ? switchingCost(1.5, labelCount) : 0;
      return sum + weight * Math.log(probabilities[path[t]!]!) - cost;
    }, 0);
    if (score > bestScore) [best, bestScore] = [path, score];
  }
  return best;
}

const share = double({ min: 0.01, max: 1, noNaN: true });
const row = tuple(share, share, constant(0.3)).map((parts) =>
  parts.map((part) => part / parts.reduce((sum, other) => sum + other)),
);

const repeat = <T>(item: T): T[] => Array.from({ length: 12 }, () => item);

test("the path is the best of all paths", () => {
  assert(
    property(array(row, { minLength: 1, maxLength: 6 }), (rows) => {
      const observations = observe(rows, 1);
      expect(smoothLabels(observations)).toEqual(bestPath(observations, 3));
    }),
    { seed: 1, numRuns: 100 },
  );
});

test("what nothing decides is kept in steps that do not grow with it", () => {
  const undecided = Array.from({ length: 50_000 }, () => [0.25, 0.25, 0.25, 0.25]);
  const observations = observe(undecided);
  expect(new Set(smoothLabels(observations))).toEqual(new Set([0]));
  const smoother = new LabelSmoother();
  const early = observations.slice(0, 99).flatMap((observation) => smoother.push(observation));
  expect(early).toEqual([]);
  expect(smoother.waitUntil(1000)).toHaveLength(0);
  expect(smoother.push({ ...observations[0]!, startSec: 200, endSec: 201 })).toEqual([]);
  expect(smoother.finish()).toHaveLength(100);
});

test("one window of another emotion does not chop the timeline, many do", () => {
  const angry = [0.2, 0.8];
  const sad = [0.7, 0.3];
  const steady = [angry, angry, angry, sad, angry, angry, angry];
  expect(smoothLabels(observe(steady))).toEqual([1, 1, 1, 1, 1, 1, 1]);
  const changed = [...repeat(angry), ...repeat(sad)];
  const expected = [...repeat(1), ...repeat(0)];
  expect(smoothLabels(observe(changed))).toEqual(expected);
  expect(smoothLabels([])).toEqual([]);
});

test("the pool of one label's observations is largest at that label", () => {
  assert(
    property(array(row, { minLength: 1, maxLength: 8 }), (rows) => {
      const observations = observe(rows);
      const path = smoothLabels(observations);
      const end = path.findIndex((label) => label !== path[0]);
      const pool = poolProbabilities(observations.slice(0, end < 0 ? undefined : end));
      expect(pool[path[0]!]).toBeCloseTo(Math.max(...pool), 12);
    }),
    { seed: 2, numRuns: 100 },
  );
});

test("the pool of one prediction is that prediction, and it is no surer than its surest window", () => {
  for (const [k, p] of [0.1, 0.2, 0.7].entries()) {
    expect(poolProbabilities(observe([[0.1, 0.2, 0.7]]))[k]).toBeCloseTo(p, 6);
  }
  const pool = poolProbabilities(
    observe([
      [0.6, 0.4],
      [0.9, 0.1],
      [0.8, 0.2],
    ]),
  );
  expect(Math.max(...pool)).toBeLessThan(0.9);
});

test("a change costs less the longer the pause", () => {
  // Two states that change at rate 1/5 a second: P(stay) = (1 + exp(-2t/5)) / 2.
  const stay = (1 + Math.exp((-2 * 3) / 5)) / 2;
  expect(switchingCost(3, 2)).toBeCloseTo(Math.log(stay / (1 - stay)), 12);
  expect(switchingCost(60, 8)).toBeLessThan(1e-4);
});

test("certainty of zero does not break the path", () => {
  expect(
    smoothLabels(
      observe(
        [
          [1, 0],
          [0, 1],
          [1, 0],
        ],
        1,
      ),
    ),
  ).toHaveLength(3);
  expect(poolProbabilities(observe([[1, 0]]))[0]).toBeCloseTo(1, 5);
});
