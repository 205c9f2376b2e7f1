import { expect, test } from "vitest";
import { EpochTally } from "./epoch-tally.ts";

/** `value` at the place of a label. */
const row = (label: number, value: number): number[] =>
  [0, 1, 2].map((other) => (other === label ? value : 0));

/** A step over clips of given labels that the network takes for other ones. */
function step(loss: number, clips: readonly (readonly [actual: number, predicted: number])[]) {
  const targets = Float32Array.from(clips.flatMap(([actual]) => row(actual, 1 / clips.length)));
  const logits = Float32Array.from(clips.flatMap(([, predicted]) => row(predicted, 2)));
  const batch = { inputs: {}, targets };
  return [batch, { loss, logits, gradients: new Map(), batchStatistics: new Map() }] as const;
}

test("loss is the mean over steps, recall the mean over the labels that came up", () => {
  const tally = new EpochTally({ classes: 3 });
  tally.add(
    ...step(2, [
      [0, 0],
      [0, 0],
      [0, 1],
      [2, 2],
    ]),
  );
  tally.add(
    ...step(1, [
      [0, 2],
      [2, 0],
    ]),
  );
  const { loss, unweightedAverageRecall, macroF1 } = tally.take();
  expect(loss).toBe(1.5);
  expect(unweightedAverageRecall).toBeCloseTo((2 / 4 + 1 / 2) / 2, 12); // label 1 never came up
  // Label 0 is right twice of four and answered three times, label 2 once of two, answered twice; 1 is wrong once.
  expect(macroF1).toBeCloseTo((4 / 7 + 2 / 4 + 0) / 3, 12);
});

test("each epoch starts anew", () => {
  const tally = new EpochTally({ classes: 3 });
  tally.add(...step(2, [[0, 1]]));
  expect(tally.take()).toMatchObject({ loss: 2, unweightedAverageRecall: 0, macroF1: 0 });
  tally.add(...step(1, [[1, 1]]));
  expect(tally.take()).toMatchObject({ loss: 1, unweightedAverageRecall: 1, macroF1: 1 });
});

test("a mixed clip counts as the label that it has most of", () => {
  const tally = new EpochTally({ classes: 3 });
  const batch = { inputs: {}, targets: Float32Array.of(0.3, 0.1, 0.6) };
  const logits = Float32Array.of(-1, -2, -0.5);
  tally.add(batch, { loss: 1, logits, gradients: new Map(), batchStatistics: new Map() });
  expect(tally.take().unweightedAverageRecall).toBe(1);
});
