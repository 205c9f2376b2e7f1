/** Regression and linear discriminant over numbers of each clip, as a dense layer. */
import { negativeLogLikelihood } from "../../evaluation/calibration.ts";
import { UndertoneError } from "../../shared/errors.ts";
import type { FitData, FittedModel } from "../definition.ts";
import type { Example, Inputs } from "../example.ts";
import { rowMoments, type Moments } from "../layer-statistics.ts";
import type { Weights } from "../network.ts";
import { relativeStatistics } from "../relative-statistics.ts";
import { bestDiscriminant } from "./best-discriminant.ts";
import { bestRegression, predictRows, scored } from "./best-regression.ts";
import type { DenseRows } from "./design-matrix.ts";
import type { LogisticRegression } from "./logistic-regression.ts";
import { meanOf, tempered } from "./tempered.ts";

/** What a probe is fitted to, and how. */
interface ProbeOptions {
  /** Returns the numbers of a view of a clip, as many for each. */
  readonly statisticsOf: (inputs: Inputs) => Float32Array;
  readonly speakerReference: boolean;
  readonly discriminant: boolean;
}

/** From which validation chooses. */
interface ProbeChoices {
  readonly cs: readonly number[];
  /** Of the discriminant. */
  readonly ridges: readonly number[];
}

/** A fitted probe, which predicts by itself. */
export type FittedProbe = FittedModel & Required<Pick<FittedModel, "predict" | "weights">>;

/** @throws UndertoneError `dataset-invalid` where a split has no clip */
export function requireClips(...splits: readonly (readonly Example[])[]): void {
  if (splits.every((examples) => examples.length > 0)) return;
  const message = "No clip is left to train on, or to validate with.";
  throw new UndertoneError("dataset-invalid", message);
}

/**
 * Returns the rows of the training split that a regression is fitted to, augmented views included; what gives those relative to
 * speakers alone; and what standardizes others likewise.
 */
export function probeData(
  { statisticsOf, speakerReference, discriminant }: ProbeOptions,
  data: FitData,
) {
  const own = data.train.map(({ views }) => views.map(statisticsOf));
  const relative = speakerReference || discriminant ? relativeViews(own, data) : [];
  const clips = speakerReference ? own.map((views, index) => [...views, ...relative[index]!]) : own;
  const moments = rowMoments(clips.flat());
  const rowsOf = (examples: readonly Example[]): DenseRows =>
    standardized(
      examples.map(({ views }) => statisticsOf(views[0])),
      moments,
    );
  return {
    ...fittedRows(clips, moments, data),
    relativeRows: () => fittedRows(relative, moments, data),
    rowsOf,
    moments,
  };
}

/** Returns the rows of clips [clips][views]; the views of a clip together weigh as much as it. */
function fittedRows(
  clips: readonly (readonly Float32Array[])[],
  moments: Moments,
  { train, weights, corpusLabels }: FitData,
) {
  const ofRows = <T>(valueOf: (clip: number) => T): T[] =>
    clips.flatMap((views, clip) => views.map(() => valueOf(clip)));
  return {
    rows: standardized(clips.flat(), moments),
    rowWeights: ofRows((clip) => weights[clip]! / clips[clip]!.length),
    rowClasses: ofRows((clip) => corpusLabels?.[clip]),
    labels: Int32Array.from(ofRows((clip) => train[clip]!.label)),
    dimensions: ofRows((clip) => train[clip]!.dimensions),
  };
}

/**
 * Fits the regression on statistics that are standardized; C and ridge are those of the least loss on validation, which may be
 * empty where there is but one C to choose from, and no discriminant.
 * @throws UndertoneError `dataset-invalid` when training or validation has no clip
 */
export async function fitToStatistics(
  options: ProbeOptions,
  data: FitData,
  { cs, ridges }: ProbeChoices,
): Promise<FittedProbe> {
  const { train, validation } = data;
  const { discriminant } = options;
  requireClips(train, ...(cs.length > 1 || discriminant ? [validation] : []));
  const { rowsOf, moments, relativeRows, ...rows } = probeData(options, data);
  const validationRows = rowsOf(validation);
  const score = (predictions: readonly (readonly number[])[]): number =>
    -negativeLogLikelihood(scored(validation, predictions));
  const { model: regression } = await bestRegression(
    { ...rows, cs, validation: validationRows, score },
    data,
  );
  const lossOf = (each: LogisticRegression): number => -score(predictRows(each, validationRows));
  const model = discriminant
    ? meanOf(
        tempered(regression, lossOf),
        await bestDiscriminant({ ...relativeRows(), ridges, lossOf }, data),
      )
    : regression;
  return {
    predict: (clips) => predictRows(model, rowsOf(clips)),
    parameters: model.weights.length,
    weights: networkWeights(model, moments),
  };
}

/** Returns statistics of training clips [clips][views] as they were if all speakers had the same neutral speech. */
function relativeViews(
  own: readonly (readonly Float32Array[])[],
  { train, speakers, neutral }: FitData,
): Float32Array[][] {
  if (!speakers) throw new RangeError("linear-probe: speakers are needed");
  const moved = relativeStatistics(
    train.map(({ label }, index) => ({
      speaker: speakers[index]!,
      isNeutral: label === neutral,
      statistics: own[index]![0]!,
    })),
  );
  return own.map((views, index) => views.map((view) => moved(view, speakers[index]!)));
}

/** Returns rows of numbers less their mean, by their deviation. */
export function standardized(
  rows: readonly Float32Array[],
  { mean, deviation }: Moments,
): DenseRows {
  const width = mean.length;
  const values = new Float64Array(rows.length * width);
  for (const [row, statistics] of rows.entries()) {
    for (let i = 0; i < width; i++)
      values[row * width + i] = (statistics[i]! - mean[i]!) / deviation[i]!;
  }
  return { columnCount: width, values };
}

/** Returns a regression over standardized numbers as a dense layer over the numbers themselves. */
export function networkWeights(
  { classes, weights }: LogisticRegression,
  { mean, deviation }: Moments,
): Weights {
  const width = mean.length;
  const weight = new Float32Array(classes * width);
  const bias = weights.slice(width * classes);
  for (let label = 0; label < classes; label++) {
    for (let i = 0; i < width; i++) {
      const factor = weights[i * classes + label]! / deviation[i]!;
      weight[label * width + i] = factor;
      bias[label]! -= factor * mean[i]!;
    }
  }
  return new Map([
    ["output.weight", weight],
    ["output.bias", Float32Array.from(bias)],
  ]);
}
