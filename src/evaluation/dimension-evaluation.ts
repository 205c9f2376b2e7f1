import type { DimensionName } from "../shared/dimensions.ts";
import type { Estimate } from "./bootstrap.ts";
import { estimatesOf } from "./estimates.ts";
import { dimensionScores, type DimensionScores } from "./metrics.ts";
import { meanConcordance } from "./regression.ts";

/** A model's values on some dimensions for one rated clip; `actual` and `predicted` are [dimensions], on the corpus's scale. */
export interface DimensionPrediction {
  readonly id: string;
  readonly speakerId: string;
  readonly sex?: "female" | "male";
  readonly actual: readonly number[];
  readonly predicted: readonly number[];
}

/** All scores of values on dimensions. */
export interface DimensionEvaluation {
  readonly clips: number;
  readonly speakers: number;
  /** Mean over the dimensions. */
  readonly concordance: Estimate;
  readonly dimensions: readonly (DimensionScores<Estimate> & { readonly name: DimensionName })[];
}

type Values = Pick<DimensionPrediction, "actual" | "predicted">;

const scoresOn = (dimension: number, clips: readonly Values[]): DimensionScores =>
  dimensionScores(
    clips.map(({ actual }) => actual[dimension]!),
    clips.map(({ predicted }) => predicted[dimension]!),
  );

/** Returns the scores on each of the named dimensions. */
export function scoresByDimension(
  clips: readonly Values[],
  names: readonly string[],
): Record<string, DimensionScores> {
  return Object.fromEntries(names.map((name, index) => [name, scoresOn(index, clips)]));
}

/** Returns the scores of test predictions on the named dimensions, with 95 % intervals from resampled speakers. */
export function evaluateDimensions(
  predictions: readonly DimensionPrediction[],
  names: readonly DimensionName[],
): DimensionEvaluation {
  const { mean } = estimatesOf(predictions, (clips) => ({
    mean: meanConcordance(clips, names.length),
  }));
  return {
    clips: predictions.length,
    speakers: new Set(predictions.map(({ speakerId }) => speakerId)).size,
    concordance: mean,
    dimensions: names.map((name, index) => ({
      name,
      ...estimatesOf(predictions, (clips) => scoresOn(index, clips)),
    })),
  };
}
