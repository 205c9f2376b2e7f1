import { expect, test } from "vitest";
import type { Corpus } from "../datasets/read-corpus.ts";
import { withTemperature } from "../evaluation/calibration.ts";
import type { Emotion } from "../shared/emotions.ts";
import { predictionAmong, sharedLabels } from "./shared-labels.ts";

const clipOf = (emotion: Emotion, id = emotion as string) => ({
  id,
  emotion,
  speakerId: "a",
  path: `/${id}.wav`,
});

function corpusOf(...emotions: readonly Emotion[]): Corpus {
  const clips = emotions.map((emotion, index) => clipOf(emotion, `${emotion}-${index}`));
  return {
    corpus: "calls",
    root: "/calls",
    clips,
    leftOut: [{ reason: "song", count: 4 }],
    warnings: [],
  };
}

test("the labels that both have are tested, and the rest is counted with why", () => {
  const labels = ["sad", "calm", "angry"];
  const corpus = corpusOf("angry", "happy", "sad", "happy", "fearful", "angry");
  const shared = sharedLabels({ labels }, corpus);
  expect(shared.labels).toEqual(["sad", "angry"]);
  expect(shared.clips.map(({ id }) => id)).toEqual(["angry-0", "sad-2", "angry-5"]);
  expect(shared.leftOut).toEqual([
    { reason: "song", count: 4 },
    { reason: "happy, which the model does not know", count: 2 },
    { reason: "fearful, which the model does not know", count: 1 },
  ]);
});

test.each([
  [corpusOf("happy"), "share no emotion"],
  [corpusOf("sad", "happy", "sad"), "share only the emotion sad"],
])("fewer than two shared labels are refused", (corpus, message) => {
  expect(() => sharedLabels({ labels: ["sad", "angry"] }, corpus)).toThrow(
    expect.objectContaining({
      code: "dataset-invalid",
      message: expect.stringContaining(message),
    }),
  );
});

const card = { labels: ["sad", "calm", "angry"], temperature: 2 };
const clip = { ...clipOf("angry"), sex: "male" as const };

test("probabilities of other labels are taken away, and the temperature with them", () => {
  const probabilities = Float32Array.of(0.2, 0.5, 0.3);
  const prediction = predictionAmong(["sad", "angry"], { clip, probabilities }, card);
  expect(prediction).toMatchObject({ id: "angry", speakerId: "a", sex: "male", actual: 1 });
  // softmax([a, b] / 2) is 0.4 and 0.6, so that softmax([a, b]) is as their squares.
  expect(prediction.probabilities[0]).toBeCloseTo(0.16 / 0.52, 6);
  const [sad, angry] = withTemperature(prediction, card.temperature).probabilities;
  expect(sad).toBeCloseTo(0.4, 6);
  expect(angry).toBeCloseTo(0.6, 6);
});

test("a model that leaves nothing for the shared labels predicts all alike", () => {
  const probabilities = Float32Array.of(0, 1, 0);
  const prediction = predictionAmong(["sad", "angry"], { clip, probabilities }, card);
  expect(prediction.probabilities).toEqual([0.5, 0.5]);
});
