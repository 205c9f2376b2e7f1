import { negativeLogLikelihood } from "../../evaluation/calibration.ts";
import { encoderInputs } from "../../models/audio-encoder.ts";
import type { Weights } from "../../models/network.ts";
import type { EncoderLayers } from "../../models/speech-encoder.ts";
import { UndertoneError } from "../../shared/errors.ts";
import type { LogisticRegression } from "../../training/logistic-regression.ts";
import { floatsOf, type Example, type FoldExamples, type Inputs } from "../examples.ts";
import { rowMoments, type Moments } from "../layer-moments.ts";
import { bestRegression, type Baseline, type OnFitIteration, type SideRows } from "./baseline.ts";

const cs = [0.001, 0.005, 0.02];

/** A fold's sides, with what each example to learn from counts. */
export interface HeardSides extends Pick<FoldExamples, "train" | "validation" | "test"> {
  readonly weights: readonly number[];
}

/**
 * Logistic regression over the mean and the deviation of encoders' layers over a clip's frames, standardized by
 * the training side, to which changed versions of a clip belong; the C is that of the least loss on validation.
 * @throws UndertoneError `dataset-invalid` when training or validation has no clip
 */
export async function trainEncoderBaseline(
  { train, weights, validation, test }: HeardSides,
  options: {
    readonly encoders: readonly EncoderLayers[];
    readonly labels: readonly string[];
    readonly onIteration?: OnFitIteration;
  },
): Promise<Baseline> {
  const { encoders, labels, onIteration } = options;
  if (train.length === 0 || validation.length === 0) {
    throw new UndertoneError(
      "dataset-invalid",
      "No clip is left to train on, or to validate with.",
    );
  }
  const heard = ({ utterance }: Example, inputs: Inputs): Heard => ({
    utterance,
    statistics: clipStatistics(inputs, encoders),
  });
  const learned = train.flatMap((example) =>
    example.variants.map((inputs) => heard(example, inputs)),
  );
  const shares = train.flatMap(({ variants }, index) =>
    variants.map(() => weights[index]! / variants.length),
  );
  const { mean, deviation } = rowMoments(learned.map(({ statistics }) => statistics));
  const width = mean.length;
  const side = (clips: readonly Heard[]): SideRows => {
    const values = new Float64Array(clips.length * width);
    for (const [row, { statistics }] of clips.entries()) {
      for (let i = 0; i < width; i++)
        values[row * width + i] = (statistics[i]! - mean[i]!) / deviation[i]!;
    }
    return {
      rows: { columnCount: width, values },
      utterances: clips.map(({ utterance }) => utterance),
    };
  };
  const asItIs = (examples: readonly Example[]): SideRows =>
    side(examples.map((example) => heard(example, example.variants[0])));
  const regression = await bestRegression(
    {
      train: { ...side(learned), weights: shares },
      validation: asItIs(validation),
      test: asItIs(test),
    },
    { labels, cs, score: (predictions) => -negativeLogLikelihood(predictions), onIteration },
  );
  return { ...regression, weights: networkWeights(regression.model, { mean, deviation }) };
}

interface Heard extends Pick<Example, "utterance"> {
  readonly statistics: Float32Array;
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
