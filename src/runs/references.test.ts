import { expect, test } from "vitest";
import { meanLogits } from "../models/speaker-adaptation.ts";
import { fusedReference, scoresByReference, testReferences, type WorldClip } from "./references.ts";

const labels = ["neutral", "happy", "sad"];
const rightOf = (actual: number): number[] =>
  labels.map((_, label) => (label === actual ? 0.6 : 0.2));

/** Clips of a speaker for whom the model finds `bias` times as much of happiness as it should. */
function clipsOf(speakerId: string, bias: number, actual: readonly number[]): WorldClip[] {
  return actual.map((label, index) => {
    const biased = rightOf(label).map((p, at) => (at === 1 ? p * bias : p));
    const sum = biased.reduce((a, b) => a + b);
    const probabilities = biased.map((p) => p / sum);
    const id = `${speakerId}-${index}`;
    return { id, speakerId, actual: label, probabilities, abstained: false };
  });
}

const ordinary = {
  neutralShare: 0.8,
  speakerShare: 1,
  bias: { adapted: Math.log(4), unknown: Math.log(4) },
  evidence: [-2, 2],
};
const card = { labels, neutral: meanLogits([rightOf(0)]), ordinary };
const both = [0, 0, 0, 0, 1, 2];

test("a voice that sounds happy at rest is one against nothing, and none against itself", () => {
  const scores = scoresByReference([...clipsOf("a", 8, both), ...clipsOf("b", 1, both)], card);
  expect([...scores.keys()]).toEqual(testReferences);
  const none = scores.get("none")!;
  expect(none.unweightedAverageRecall).toBeLessThan(0.75);
  for (const reference of ["recording", "enrolled"] as const) {
    const held = scores.get(reference)!;
    expect(held.unweightedAverageRecall).toBeGreaterThan(none.unweightedAverageRecall!);
    expect(held.falseAlarms.any).toBeLessThan(none.falseAlarms.any);
  }
  expect(scores.get("enrolled")!.unweightedAverageRecall).toBe(1);
  // One reference for both voices is none for either.
  expect(scores.get("folder")!.unweightedAverageRecall).toBeLessThan(1);
});

test("what enrolls a speaker is not scored", () => {
  const scores = scoresByReference(clipsOf("a", 1, both), card);
  expect(scores.get("recording")!.clips).toBe(6);
  expect(scores.get("enrolled")!.clips).toBe(5 * 4);
  const few = scoresByReference(clipsOf("a", 1, [0, 0, 1, 2]), card);
  expect(few.has("enrolled")).toBe(false);
});

test("a model without a neutral reference is held against none", () => {
  const scores = scoresByReference(clipsOf("a", 1, both), { labels });
  expect([...scores.keys()]).toEqual(["none"]);
});

test("speech that is all neutral has false alarms, and nothing to notice", () => {
  const { noticed, falseAlarms, unweightedAverageRecall } = scoresByReference(
    clipsOf("a", 1, [0, 0, 0]),
    card,
  ).get("recording")!;
  expect({ noticed, unweightedAverageRecall }).toEqual({});
  expect(falseAlarms).toEqual({ any: 0, half: 0, sure: 0 });
});

test("words are fused with the voice where a clip has them", () => {
  const clips = clipsOf("a", 1, both);
  const said = clips.map((clip) =>
    clip.actual === 1 ? { ...clip, words: { neutral: 1, sad: 1e6 } } : clip,
  );
  const scores = scoresByReference(said, card);
  expect([...scores.keys()].toSorted()).toEqual([...testReferences, fusedReference].toSorted());
  const { clips: count, unweightedAverageRecall, noticed } = scores.get(fusedReference)!;
  expect(count).toBe(6);
  expect(unweightedAverageRecall).toBeCloseTo(2 / 3); // what is happy by voice is sad by its words
  expect(noticed).toBeGreaterThan(scores.get("recording")!.noticed!);
});
