import type { Utterance } from "../../datasets/manifest.ts";
import { confusionMatrix, scoresOf } from "../../evaluation/metrics.ts";
import type { Prediction } from "../../evaluation/prediction.ts";
import type { Emotion } from "../../shared/emotions.ts";
import { UndertoneError } from "../../shared/errors.ts";
import {
  fitLogisticRegression,
  probabilities,
  type LogisticRegression,
  type SparseRows,
} from "../../training/logistic-regression.ts";
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

/** What a baseline says of the sides that it was not trained on, and what it is. */
export interface TextBaseline {
  readonly validation: readonly Prediction[];
  readonly test: readonly Prediction[];
  /** Trained numbers. */
  readonly parameters: number;
  /** Of the logistic regression, as the validation side chose it. */
  readonly c?: number;
}

export interface TextBaselineOptions {
  /** `text-majority` answers everything with the labels' shares in training. */
  readonly kind: "text-majority" | "text-tfidf";
  /** Along which predictions count. */
  readonly labels: readonly Emotion[];
  /** Of `text-tfidf`: weighs each label by how rare it is. */
  readonly balanced?: boolean;
}

const cs = [0.3, 1, 3, 10, 30];
const minimalDocuments = 2;

/**
 * Trains what every text model has to beat: the shares of the labels, or a logistic regression over
 * TF-IDF of words and pairs of words, whose C has the best macro-F1 on validation.
 * @throws UndertoneError `dataset-invalid` when training or validation has no utterance
 */
export function trainTextBaseline(sides: TextSides, options: TextBaselineOptions): TextBaseline {
  for (const side of ["train", "validation"] as const) {
    if (sides[side].length > 0) continue;
    throw new UndertoneError("dataset-invalid", `No utterance is left on the ${side} side.`);
  }
  return options.kind === "text-majority" ? majority(sides, options) : tfIdf(sides, options);
}

const weightOf = (texts: readonly TrainingText[]): number =>
  texts.reduce((sum, { weight = 1 }) => sum + weight, 0);

function majority(sides: TextSides, { labels }: TextBaselineOptions): TextBaseline {
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

function tfIdf(sides: TextSides, { labels, balanced = false }: TextBaselineOptions): TextBaseline {
  const trainTerms = termsOf(sides.train);
  const vectoriser = new TfIdf(trainTerms, minimalDocuments);
  const train = vectoriser.rows(trainTerms);
  const validation = vectoriser.rows(termsOf(sides.validation));
  const rowWeights = sides.train.map(({ weight = 1 }) => weight);
  const actual = Int32Array.from(sides.train, ({ emotion }) => labels.indexOf(emotion));
  const answer = (
    model: LogisticRegression,
    rows: SparseRows,
    utterances: readonly Utterance[],
  ): Prediction[] => {
    const all = probabilities(model, rows);
    return utterances.map((utterance, row) => {
      const own = all.subarray(row * labels.length, (row + 1) * labels.length);
      return predictionOf(utterance, labels, [...own]);
    });
  };
  let start: LogisticRegression | undefined;
  const candidates = cs.map((c) => {
    const model = fitLogisticRegression(train, actual, {
      classes: labels.length,
      c,
      balanced,
      rowWeights,
      start,
    });
    start = model;
    const predictions = answer(model, validation, sides.validation);
    const { macroF1 } = scoresOf(confusionMatrix(predictions, labels.length));
    return { c, model, predictions, macroF1 };
  });
  const best = candidates.reduce((a, b) => (b.macroF1 > a.macroF1 ? b : a));
  return {
    validation: best.predictions,
    test: answer(best.model, vectoriser.rows(termsOf(sides.test)), sides.test),
    parameters: best.model.weights.length,
    c: best.c,
  };
}

function termsOf(utterances: readonly Utterance[]): string[][] {
  return utterances.map(({ transcript = "" }) => wordsAndPairs(transcript));
}

function predictionOf(
  { id, speakerId, sex, emotion }: Utterance,
  labels: readonly Emotion[],
  chances: readonly number[],
): Prediction {
  return {
    id,
    speakerId,
    ...(sex !== undefined && { sex }),
    actual: labels.indexOf(emotion),
    probabilities: chances,
  };
}
