import { z } from "zod";
import { negativeLogLikelihood } from "../evaluation/calibration.ts";
import { clampBelow, divide, multiply, sqrt, subtract } from "../graph/operators/arithmetic.ts";
import { concatenate, reshape } from "../graph/operators/layout.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import { UndertoneError } from "../shared/errors.ts";
import { layersOption, longestSec } from "./audio-encoder.ts";
import { defineModel, type FitData, type FittedModel } from "./definition.ts";
import { encoderInputs, encoderShapes, type EncoderLayers } from "./encoder-layers.ts";
import { floatsOf, type Example, type Inputs } from "./example.ts";
import { dense } from "./layers.ts";
import { rowMoments, type Moments } from "./layer-statistics.ts";
import { bestDiscriminant } from "./linear/best-discriminant.ts";
import { bestRegression, predictRows, scored } from "./linear/best-regression.ts";
import { bestRidge, predictValues } from "./linear/best-ridge.ts";
import type { DenseRows } from "./linear/design-matrix.ts";
import { meanOf, tempered } from "./linear/tempered.ts";
import { fitLogisticRegression, type LogisticRegression } from "./linear/logistic-regression.ts";
import type { Weights } from "./network.ts";
import { linearDistance, type OodReference } from "./ood-distance.ts";
import { relativeStatistics } from "./relative-statistics.ts";

/** From which validation chooses. */
export const probeCs: readonly number[] = [0.001, 0.005, 0.02];
const probeRidges: readonly number[] = [1, 3, 10];

interface ProbeOptions {
  readonly encoders: readonly EncoderLayers[];
  readonly speakerReference: boolean;
  readonly discriminant: boolean;
}

/** Logistic regression over mean and standard deviation of speech encoders' layers: → logits [batch, classes]. */
export const linearProbe = defineModel({
  kind: "linear-probe",
  description:
    "Logistic regression, or ridge regression for dimensions, over mean and deviation of pretrained speech encoders' layers.",
  options: {
    encoders: z.array(z.strictObject(layersOption)).min(1),
    longestSec,
    speakerReference: z
      .boolean()
      .default(false)
      .describe(
        "Fits to each clip relative to its speaker's neutral speech, too; not for dimensions",
      ),
    discriminant: z
      .boolean()
      .default(false)
      .describe(
        "Takes the mean of the regression's logits and those of a linear discriminant, which is fitted to clips relative to their speakers' neutral speech, each at the temperature of validation; not for dimensions",
      ),
  },
  inputs: ["encoder-layers"],
  encoders: frozen,
  architecture: (options, { classes }) => ({
    inputs: encoderShapes(frozen(options)),
    classes,
    isPadded: true,
    build(network, inputs) {
      const statistics = options.encoders.flatMap(({ name }) => {
        const names = encoderInputs(name);
        return momentsOverTime(inputs[names.hidden]!, inputs[names.mask]!);
      });
      network.embedding = concatenate(statistics, 1);
      return dense(network, "output", { x: network.embedding, units: classes });
    },
  }),
  learnsNotSpeech: true,
  fit: (options, data) => fitProbe(options, data),
  fitDimensions: (options, data) =>
    fitDimensionProbe({ ...options, speakerReference: false, discriminant: false }, data),
});

function frozen({
  encoders,
  longestSec: lengthSec,
}: {
  readonly encoders: readonly EncoderLayers[];
  readonly longestSec: number;
}) {
  const selections = encoders.map((selection) => ({ ...selection, tuned: 0 }));
  return { encoders: selections, longestSec: lengthSec };
}

/** Mean and deviation, both [batch, layers · width], of [batch, frames, layers, width] where mask [batch, frames] is 1. */
function momentsOverTime(frames: Tensor, mask: Tensor): [mean: Tensor, deviation: Tensor] {
  const [batch, length, layers, width] = frames.shape;
  const shown = reshape(mask, [batch!, length!, 1, 1]);
  const count = reduceSum(shown, { axes: [1] });
  const masked = multiply(frames, shown);
  const mean = divide(reduceSum(masked, { axes: [1] }), count);
  const meanSquare = divide(reduceSum(multiply(masked, frames), { axes: [1] }), count);
  const variance = clampBelow(subtract(meanSquare, multiply(mean, mean)), 0);
  const flat = (moments: Tensor): Tensor => reshape(moments, [batch!, layers! * width!]);
  return [flat(mean), flat(sqrt(variance))];
}

function requireClips(...splits: readonly (readonly Example[])[]): void {
  if (splits.every((examples) => examples.length > 0)) return;
  const message = "No clip is left to train on, or to validate with.";
  throw new UndertoneError("dataset-invalid", message);
}

/**
 * Returns the rows of the training split that a regression is fitted to, augmented views included; what gives those relative to
 * speakers alone; and what standardizes others likewise.
 */
function probeData({ encoders, speakerReference, discriminant }: ProbeOptions, data: FitData) {
  const own = data.train.map(({ views }) => views.map((view) => clipStatistics(view, encoders)));
  const relative = speakerReference || discriminant ? relativeViews(own, data) : [];
  const clips = speakerReference ? own.map((views, index) => [...views, ...relative[index]!]) : own;
  const moments = rowMoments(clips.flat());
  const rowsOf = (examples: readonly Example[]): DenseRows =>
    standardized(
      examples.map((example) => clipStatistics(example.views[0], encoders)),
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
 * Fits the regression on statistics that are standardized; C is that of the least loss on validation, which may be empty where
 * there is but one to choose from.
 * @throws UndertoneError `dataset-invalid` when training or validation has no clip
 */
export async function fitProbe(
  options: ProbeOptions,
  data: FitData,
  cs: readonly number[] = probeCs,
): Promise<FittedModel> {
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
        await bestDiscriminant({ ...relativeRows(), ridges: probeRidges, lossOf }, data),
      )
    : regression;
  return {
    predict: (clips) => predictRows(model, rowsOf(clips)),
    parameters: model.weights.length,
    weights: networkWeights(model, moments),
    oodReference: await fitNotSpeech(options, data),
  };
}

const notSpeechC = 0.005;

/** Fits a second regression, of sounds in which nobody speaks against the training split, both of the same weight in all. */
async function fitNotSpeech(
  { encoders }: ProbeOptions,
  { train, notSpeech = [], runtime }: FitData,
): Promise<OodReference | undefined> {
  if (notSpeech.length === 0) return undefined;
  const sounds = [train, notSpeech].flatMap((examples, label) =>
    examples.flatMap(({ views }) =>
      views.map((inputs) => ({ label, statistics: clipStatistics(inputs, encoders) })),
    ),
  );
  const statistics = sounds.map((sound) => sound.statistics);
  const moments = rowMoments(statistics);
  const model = await fitLogisticRegression(
    standardized(statistics, moments),
    Int32Array.from(sounds, ({ label }) => label),
    { classes: 2, c: notSpeechC, balanced: true, runtime },
  );
  const plain = networkWeights(model, moments);
  const weights = [plain.get("output.weight")!, plain.get("output.bias")!].flatMap((each) => {
    const half = each.length / 2;
    return Array.from(each.subarray(half), (value, i) => value - each[i]!);
  });
  return {
    distance: (embedding) => linearDistance(embedding, Float32Array.from(weights)),
    card: { notSpeech: { maxScore: 0.5 } },
  };
}

async function fitDimensionProbe(options: ProbeOptions, data: FitData): Promise<FittedModel> {
  requireClips(data.train, data.validation);
  const { rows, rowWeights, dimensions, rowsOf, moments } = probeData(options, data);
  const { validation, classes } = data;
  const ratings = dimensions.map((own) => own!);
  const validationRows = rowsOf(validation);
  const model = await bestRidge({ rows, ratings, rowWeights, validation, validationRows }, data);
  return {
    predict: (clips) => predictValues(model, rowsOf(clips)),
    parameters: model.weights.length,
    weights: networkWeights({ classes, weights: model.weights }, moments),
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

function standardized(rows: readonly Float32Array[], { mean, deviation }: Moments): DenseRows {
  const width = mean.length;
  const values = new Float64Array(rows.length * width);
  for (const [row, statistics] of rows.entries()) {
    for (let i = 0; i < width; i++)
      values[row * width + i] = (statistics[i]! - mean[i]!) / deviation[i]!;
  }
  return { columnCount: width, values };
}

/** A regression over standardized numbers as a dense layer over the numbers themselves. */
function networkWeights(
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

/** Mean and deviation over time of the layers of each encoder, one after the other. */
function clipStatistics(inputs: Inputs, encoders: readonly EncoderLayers[]): Float32Array {
  const parts = encoders.map(({ name }) => floatsOf(inputs[encoderInputs(name).statistics]!));
  return Float32Array.from(parts.flatMap((part) => [...part]));
}
