import type { Utterance } from "../../datasets/manifest.ts";
import type { Prediction } from "../../evaluation/prediction.ts";
import type { Weights } from "../../models/network.ts";
import type { DesignMatrix } from "../../training/design-matrix.ts";
import {
  fitLogisticRegression,
  probabilities,
  type LogisticRegression,
} from "../../training/logistic-regression.ts";

/** What a baseline says of the sides that it was not trained on, and what it is. */
export interface Baseline {
  readonly validation: readonly Prediction[];
  readonly test: readonly Prediction[];
  /** Trained numbers. */
  readonly parameters: number;
  /** Of the network that it is, where it is one. */
  readonly weights?: Weights;
}

/** A logistic regression whose C the validation side chose. */
export interface RegressionBaseline extends Baseline {
  readonly c: number;
  readonly model: LogisticRegression;
}

/** A fold's side as a classifier takes it: a row for each utterance. */
export interface SideRows {
  readonly rows: DesignMatrix;
  readonly utterances: readonly Utterance[];
}

/** The side to learn from, with what each row counts. */
export interface TrainingRows extends SideRows {
  readonly weights: readonly number[];
}

interface RegressionOptions {
  /** Along which predictions count. */
  readonly labels: readonly string[];
  /** To choose from, rising. */
  readonly cs: readonly number[];
  /** Weighs each label by how rare it is. */
  readonly balanced?: boolean;
  /** How good predictions of the validation side are. */
  readonly score: (predictions: readonly Prediction[]) => number;
  readonly onIteration?: OnFitIteration | undefined;
}

/** Where the fits of a regression, one for each C, stand. */
interface FitStep {
  /** Fits that are done. */
  readonly done: number;
  readonly total: number;
  /** Of the fit under way, from 0. */
  readonly iteration: number;
}

/** Awaited before each iteration of each fit; what it throws ends them all. */
export type OnFitIteration = (step: FitStep) => Promise<void>;

/** A logistic regression of the C that says the best of validation. */
export async function bestRegression(
  sides: Readonly<Record<"validation" | "test", SideRows>> & { readonly train: TrainingRows },
  { labels, cs, balanced = false, score, onIteration }: RegressionOptions,
): Promise<RegressionBaseline> {
  const { train, validation, test } = sides;
  const actual = Int32Array.from(train.utterances, ({ emotion }) => labels.indexOf(emotion));
  const answer = (model: LogisticRegression, { rows, utterances }: SideRows): Prediction[] => {
    const all = probabilities(model, rows);
    return utterances.map((utterance, row) => {
      const own = all.subarray(row * labels.length, (row + 1) * labels.length);
      return predictionOf(utterance, labels, [...own]);
    });
  };
  const candidates: (Pick<RegressionBaseline, "c" | "model"> & {
    readonly predictions: readonly Prediction[];
    readonly score: number;
  })[] = [];
  for (const [done, c] of cs.entries()) {
    const model = await fitLogisticRegression(train.rows, actual, {
      classes: labels.length,
      c,
      balanced,
      rowWeights: train.weights,
      start: candidates.at(-1)?.model,
      onIteration: async (iteration) => onIteration?.({ done, total: cs.length, iteration }),
    });
    const predictions = answer(model, validation);
    candidates.push({ c, model, predictions, score: score(predictions) });
  }
  const best = candidates.reduce((a, b) => (b.score > a.score ? b : a));
  return {
    validation: best.predictions,
    test: answer(best.model, test),
    parameters: best.model.weights.length,
    c: best.c,
    model: best.model,
  };
}

/** The chances of each label for an utterance, as a prediction. */
export function predictionOf(
  { id, speakerId, sex, emotion }: Utterance,
  labels: readonly string[],
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
