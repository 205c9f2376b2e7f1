import { expect, test } from "vitest";
import type { Prediction } from "../evaluation/prediction.ts";
import { clipToShow } from "./demo-clip.ts";

/** Predictions of clips "0", "1", … whose label has these probabilities against one other label. */
const predictions = (...right: readonly number[]): Prediction[] =>
  right.map((share, id) => ({
    id: String(id),
    speakerId: "01",
    actual: 0,
    probabilities: [share, 1 - share],
  }));

test("the demo shows the most confident clip of those that all channels predict right", () => {
  const voice = predictions(0.9, 0.6, 0.7, 0.1);
  const words = predictions(0.2, 0.6, 0.7, 0.1);
  const fusion = predictions(0.9, 0.6, 0.8, 0.99);
  expect(clipToShow({ voice, words, fusion })).toBe("2");
});

test("where channels never agree it shows one that the fusion and one of them predict right", () => {
  const voice = predictions(0.9, 0.1, 0.1);
  const words = predictions(0.1, 0.6, 0.1);
  const fusion = predictions(0.7, 0.8, 0.9);
  expect(clipToShow({ voice, words, fusion })).toBe("1");
  expect(clipToShow({ voice, words, fusion: predictions(0.1, 0.2, 0.9) })).toBeUndefined();
});
