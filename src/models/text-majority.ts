import { defineModel } from "./definition.ts";
import { assertTexts } from "./text-tfidf.ts";

/** Predicts the labels' shares in training for every utterance. */
export const textMajority = defineModel({
  kind: "text-majority",
  description: "The labels' shares in training, for every utterance: the chance level.",
  options: {},
  inputs: ["words"],
  async fit(_, data) {
    assertTexts(data);
    const { train, weights, classes } = data;
    const sums = Array.from({ length: classes }, () => 0);
    for (const [index, { label }] of train.entries()) sums[label]! += weights[index]!;
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    const shares = sums.map((sum) => sum / total);
    return { predict: (examples) => examples.map(() => shares), parameters: classes };
  },
});
