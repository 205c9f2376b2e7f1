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
import { bestRegression, predictRows, scored } from "./linear/best-regression.ts";
import type { DenseRows } from "./linear/design-matrix.ts";
import type { LogisticRegression } from "./linear/logistic-regression.ts";
import type { Weights } from "./network.ts";

const cs = [0.001, 0.005, 0.02];

/** Logistic regression over mean and standard deviation of speech encoders' layers: → logits [batch, classes]. */
export const linearProbe = defineModel({
  kind: "linear-probe",
  description: "Logistic regression over mean and deviation of pretrained speech encoders' layers.",
  options: { encoders: z.array(z.strictObject(layersOption)).min(1), longestSec },
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
      return dense(network, "output", { x: concatenate(statistics, 1), units: classes });
    },
  }),
  fit: ({ encoders }, data) => fitProbe(encoders, data),
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

/**
 * Fits the regression on statistics that are standardized by the training split, augmented views included; C is that of
 * the least loss on validation.
 * @throws UndertoneError `dataset-invalid` when training or validation has no clip
 */
async function fitProbe(encoders: readonly EncoderLayers[], data: FitData): Promise<FittedModel> {
  const { train, weights, validation, classes } = data;
  if (train.length === 0 || validation.length === 0) {
    const message = "No clip is left to train on, or to validate with.";
    throw new UndertoneError("dataset-invalid", message);
  }
  const views = train.flatMap((example, index) =>
    example.views.map((inputs) => ({
      statistics: clipStatistics(inputs, encoders),
      label: example.label,
      weight: weights[index]! / example.views.length,
    })),
  );
  const moments = rowMoments(views.map(({ statistics }) => statistics));
  const rowsOf = (examples: readonly Example[]): DenseRows =>
    standardized(
      examples.map((example) => clipStatistics(example.views[0], encoders)),
      moments,
    );
  const { model } = await bestRegression(
    {
      cs,
      rows: standardized(
        views.map(({ statistics }) => statistics),
        moments,
      ),
      labels: Int32Array.from(views, ({ label }) => label),
      rowWeights: views.map(({ weight }) => weight),
      validation: rowsOf(validation),
      score: (predictions) => -negativeLogLikelihood(scored(validation, predictions)),
    },
    { ...data, classes },
  );
  return {
    predict: (examples) => predictRows(model, rowsOf(examples)),
    parameters: model.weights.length,
    weights: networkWeights(model, moments),
  };
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
