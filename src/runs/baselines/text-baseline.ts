import type { Utterance } from "../../datasets/manifest.ts";
import { confusionMatrix, scoresOf } from "../../evaluation/metrics.ts";
import type { Prediction } from "../../evaluation/prediction.ts";
import { UndertoneError } from "../../shared/errors.ts";
import {
  bestRegression,
  predictionOf,
  type Baseline,
  type OnFitIteration,
  type SideRows,
} from "./baseline.ts";
import { TfIdf, wordsAndPairs } from "./tf-idf.ts";

/** A text to learn from; `weight` is how much it counts, by default 1. */
export interface TrainingText extends Utterance {
  readonly weight?: number;
}

/** The utterances of a fold's three sides; one without a transcript has no words. */
export interface TextSides {
  readonly train: readonly TrainingText[];
  readonly validation: readonly Utterance[];
  readonly test: readonly Utterance[];
}

export interface TextBaselineOptions {
  /** `text-majority` answers everything with the labels' shares in training. */
  readonly kind: "text-majority" | "text-tfidf";
  /** Along which predictions count. */
  readonly labels: readonly string[];
  /** Of `text-tfidf`: weighs each label by how rare it is. */
  readonly balanced?: boolean;
  readonly onIteration?: OnFitIteration;
}

const cs = [0.3, 1, 3, 10, 30];
const minimalDocuments = 2;

/**
 * Trains what every text model has to beat: the shares of the labels, or a logistic regression over
 * TF-IDF of words and pairs of words, whose C has the best macro-F1 on validation.
 * @throws UndertoneError `dataset-invalid` when training or validation has no utterance
 */
export async function trainTextBaseline(
  sides: TextSides,
  options: TextBaselineOptions,
): Promise<Baseline> {
  for (const side of ["train", "validation"] as const) {
    if (sides[side].length > 0) continue;
    throw new UndertoneError("dataset-invalid", `No utterance is left on the ${side} side.`);
  }
  return options.kind === "text-majority" ? majority(sides, options) : tfIdf(sides, options);
}

const weightOf = (texts: readonly TrainingText[]): number =>
  texts.reduce((sum, { weight = 1 }) => sum + weight, 0);

function majority(sides: TextSides, { labels }: TextBaselineOptions): Baseline {
  const total = weightOf(sides.train);
  const shares = labels.map(
    (label) => weightOf(sides.train.filter(({ emotion }) => emotion === label)) / total,
  );
  const answer = (utterances: readonly Utterance[]): Prediction[] =>
    utterances.map((utterance) => predictionOf(utterance, labels, shares));
  return {
    validation: answer(sides.validation),
    test: answer(sides.test),
    parameters: labels.length,
  };
}

function tfIdf(
  sides: TextSides,
  { labels, balanced = false, onIteration }: TextBaselineOptions,
): Promise<Baseline> {
  const trainTerms = termsOf(sides.train);
  const vectorizer = new TfIdf(trainTerms, minimalDocuments);
  const rowsOf = (utterances: readonly Utterance[]): SideRows => ({
    rows: vectorizer.rows(termsOf(utterances)),
    utterances,
  });
  return bestRegression(
    {
      train: {
        rows: vectorizer.rows(trainTerms),
        utterances: sides.train,
        weights: sides.train.map(({ weight = 1 }) => weight),
      },
      validation: rowsOf(sides.validation),
      test: rowsOf(sides.test),
    },
    {
      labels,
      cs,
      balanced,
      score: (predictions) => scoresOf(confusionMatrix(predictions, labels.length)).macroF1,
      onIteration,
    },
  );
}

function termsOf(utterances: readonly Utterance[]): string[][] {
  return utterances.map(({ transcript = "" }) => wordsAndPairs(transcript));
}
