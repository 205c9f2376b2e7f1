import { z } from "zod";
import { scoresOf } from "../evaluation/metrics.ts";
import { UndertoneError } from "../shared/errors.ts";
import { defineModel, type FitData, type FittedModel } from "./definition.ts";
import type { Example } from "./example.ts";
import { bestRegression, predictRows, scored } from "./linear/best-regression.ts";
import { TfIdf, wordsAndPairs } from "./linear/tf-idf.ts";

const cs = [0.3, 1, 3, 10, 30];
const minDocuments = 2;

/** Logistic regression over TF-IDF of words and word pairs; C has the best macro-F1 on validation. */
export const textTfidf = defineModel({
  kind: "text-tfidf",
  description:
    "Logistic regression over TF-IDF of words and word pairs: the baseline of text models.",
  options: {
    balanced: z.boolean().default(false).describe("Weights each label by how rare it is"),
  },
  inputs: ["words"],
  fit: ({ balanced }, data) => fitTfidf(balanced, data),
});

async function fitTfidf(balanced: boolean, data: FitData): Promise<FittedModel> {
  const { train, weights, validation, classes } = data;
  assertTexts(data);
  const trainTerms = termsOf(train);
  const vectorizer = new TfIdf(trainTerms, minDocuments);
  const { model } = await bestRegression(
    {
      cs,
      balanced,
      rows: vectorizer.rows(trainTerms),
      labels: Int32Array.from(train, ({ label }) => label),
      rowWeights: weights,
      validation: vectorizer.rows(termsOf(validation)),
      score: (predictions) => scoresOf(scored(validation, predictions), classes).macroF1,
    },
    data,
  );
  return {
    predict: (examples) => predictRows(model, vectorizer.rows(termsOf(examples))),
    parameters: model.weights.length,
  };
}

/** @throws UndertoneError `dataset-invalid` when training or validation has no utterance */
export function assertTexts(data: Pick<FitData, "train" | "validation">): void {
  for (const split of ["train", "validation"] as const) {
    if (data[split].length > 0) continue;
    throw new UndertoneError("dataset-invalid", `No utterance is left in the ${split} split.`);
  }
}

function termsOf(examples: readonly Example[]): string[][] {
  return examples.map(({ transcript }) => wordsAndPairs(transcript?.text ?? ""));
}
