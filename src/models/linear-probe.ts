import { z } from "zod";
import { clampBelow, divide, multiply, sqrt, subtract } from "../graph/operators/arithmetic.ts";
import { concatenate, reshape } from "../graph/operators/layout.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import { layersOption, longestSec } from "./audio-encoder.ts";
import { defineModel, type FitData } from "./definition.ts";
import { encoderInputs, encoderShapes, type EncoderLayers } from "./encoder-layers.ts";
import { floatsOf, type Inputs } from "./example.ts";
import { dense } from "./layers.ts";
import { rowMoments } from "./layer-statistics.ts";
import { bestRidge, predictValues } from "./linear/best-ridge.ts";
import {
  fitToStatistics,
  networkWeights,
  probeData,
  requireClips,
  standardized,
  type FittedProbe,
} from "./linear/fit-probe.ts";
import { fitLogisticRegression } from "./linear/logistic-regression.ts";
import { linearDistance, type OodReference } from "./ood-distance.ts";

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
    "Logistic regression, or ridge regression for dimensions, over mean and deviation of speech encoders' layers.",
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
        "Mean with a linear discriminant relative to the speakers' neutral speech; not for dimensions",
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

/**
 * Fits the probe to mean and deviation of encoders' layers.
 * @throws UndertoneError `dataset-invalid` when training or validation has no clip
 * @see fitToStatistics
 */
export async function fitProbe(
  options: ProbeOptions,
  data: FitData,
  cs: readonly number[] = probeCs,
): Promise<FittedProbe> {
  const fitted = await fitToStatistics(overLayers(options), data, { cs, ridges: probeRidges });
  return { ...fitted, oodReference: await fitNotSpeech(options, data) };
}

const overLayers = ({ encoders, ...options }: ProbeOptions) => ({
  ...options,
  statisticsOf: (inputs: Inputs) => clipStatistics(inputs, encoders),
});

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

async function fitDimensionProbe(options: ProbeOptions, data: FitData): Promise<FittedProbe> {
  requireClips(data.train, data.validation);
  const { rows, rowWeights, dimensions, rowsOf, moments } = probeData(overLayers(options), data);
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

/** Mean and deviation over time of the layers of each encoder, one after the other. */
function clipStatistics(inputs: Inputs, encoders: readonly EncoderLayers[]): Float32Array {
  const parts = encoders.map(({ name }) => floatsOf(inputs[encoderInputs(name).statistics]!));
  return Float32Array.from(parts.flatMap((part) => [...part]));
}
