import { expect, test } from "vitest";
import { combineFolds } from "./combine-folds.ts";

/** A run on one fold that kept a speaker for validation. */
function foldOf(speakerId: string): Parameters<typeof combineFolds>[1][number] {
  const prediction = { id: speakerId, speakerId, actual: 0, probabilities: [0.6, 0.4] };
  const tested = { ...prediction, id: "tested", speakerId: "unseen" };
  return { temperature: 1, validation: [prediction], test: [tested], robustnessTests: new Map() };
}

test("runs that kept other speakers are averaged, but no weights are fitted on nothing", () => {
  const runs = [foldOf("first"), foldOf("second")];
  const { predictions } = combineFolds("mean", runs);
  expect(predictions.validation.map(({ id }) => id)).toEqual(["first", "second"]);
  expect(predictions.test).toHaveLength(1);
  expect(() => combineFolds("weights", runs)).toThrow(/share none.+--method mean/);
});
