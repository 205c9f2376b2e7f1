import { z } from "zod";
import { emitModel } from "../graph/emit.ts";
import { gradients } from "../graph/gradients.ts";
import { decodeTensor } from "../graph/import/decode-tensor.ts";
import { parseOnnx } from "../graph/import/onnx-file.ts";
import { multiply } from "../graph/operators/arithmetic.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import { Session, type Runtime } from "../graph/session.ts";
import { input } from "../graph/tensor.ts";
import { openTogether, type Closable } from "../shared/closing.ts";
import { UndertoneError } from "../shared/errors.ts";
import { audioCnn } from "./audio-cnn.ts";
import { inputTensors, type Architecture } from "./definition.ts";
import { spectrogramImage, type FrontEnd } from "./front-end.ts";
import { readModelCard, type ModelCard } from "./model-card.ts";
import { Network, type Weights } from "./network.ts";

/** Points of the path from silence to the window at which gradients are taken, and how many of them at once. */
const steps = 16;
const batch = 4;

/** What a recipe in a model card says of a CNN, and of the spectrogram that it sees. */
const recipeSchema = z.object({
  model: audioCnn.schema,
  features: z.object({
    sampleRate: z.number(),
    nFft: z.number(),
    winLength: z.number(),
    hopLength: z.number(),
    nMels: z.number(),
    fMin: z.number(),
    fMax: z.number(),
    scale: z.enum(["slaney", "htk"]),
    frames: z.number(),
    rangeDb: z.number(),
    nMfcc: z.undefined().optional(),
  }),
});

/** Tells which parts of a spectrogram moved a CNN's answer. */
export interface SpectrogramAttribution extends Closable {
  readonly card: ModelCard;
  readonly frontEnd: FrontEnd;
  /**
   * Returns how much each point of a window's spectrogram adds to the logit of a label over the mean of all logits, against
   * silence, [nMels, frames]: integrated gradients. They sum to the difference of that logit between window and silence.
   * @param window [frames · hopLength]
   * @see Sundararajan, Taly and Yan (2017), "Axiomatic attribution for deep networks"
   */
  of(window: Float32Array, label: number): Promise<Float32Array>;
}

/**
 * Opens what explains an `audio-cnn` over mel bands, as `exportBundle` made it; resolves to `null` for any other model.
 * @throws UndertoneError `model-invalid` when the bytes are no such model, or its weights are not those of its card
 */
export async function openSpectrogramAttribution(
  bytes: Uint8Array,
  runtime: Runtime,
): Promise<SpectrogramAttribution | null> {
  const card = readModelCard(bytes);
  const { labels } = card;
  const recipe = recipeSchema.safeParse(card.provenance["recipe"]);
  if (!recipe.success) return null;
  const { model, features: frontEnd } = recipe.data;
  const spectrogram = { rows: frontEnd.nMels, frames: frontEnd.frames };
  const architecture = audioCnn.architecture!(model, { spectrogram, classes: labels.length });
  const network = new Network("inference");
  const gradient = inputGradient(architecture, network);
  const weights = weightsOf(network, bytes);
  const waveform = input("waveform", [1, frontEnd.frames * frontEnd.hopLength]);
  const image = emitModel({ outputs: { spectrogram: spectrogramImage(waveform, frontEnd) } });
  return openTogether(async (keep) => {
    const features = keep(await Session.open(runtime, image));
    const slope = keep(await Session.open(runtime, emitModel({ outputs: { gradient }, weights })));
    return {
      card,
      frontEnd,
      of: async (data, label) => {
        const run = await features.run({ waveform: { data, shape: waveform.shape } });
        const logits = centeredLogit(label, labels.length);
        return integrate(slope, run["spectrogram"]!, { ...spectrogram, logits });
      },
      close: async () => {
        await Promise.all([features.close(), slope.close()]);
      },
    };
  });
}

/** The gradient of weighted logits, summed over the batch, by the spectrograms. */
function inputGradient(architecture: Architecture, network: Network): ReturnType<typeof input> {
  const inputs = inputTensors(architecture, batch);
  const logits = architecture.build(network, inputs);
  const weighted = multiply(logits, input("logitWeights", [1, architecture.classes]));
  const [gradient] = gradients(reduceSum(weighted, { axes: [0, 1] }), [inputs["spectrogram"]!]);
  return reduceSum(gradient!, { axes: [0] });
}

/** The weights by which logits become one of them over the mean of all. */
const centeredLogit = (label: number, classes: number): Float32Array =>
  Float32Array.from({ length: classes }, (_, k) => (k === label ? 1 : 0) - 1 / classes);

interface Path {
  readonly rows: number;
  readonly frames: number;
  readonly logits: Float32Array;
}

/** Returns the mean gradient on the way from 0 to an image, times the image. */
async function integrate(
  slope: Session,
  image: Float32Array,
  { rows, frames, logits }: Path,
): Promise<Float32Array> {
  const sum = new Float32Array(image.length);
  for (let first = 0; first < steps; first += batch) {
    const data = new Float32Array(batch * image.length);
    for (let row = 0; row < batch; row++) {
      const share = (first + row + 0.5) / steps;
      for (const [at, value] of image.entries()) data[row * image.length + at] = share * value;
    }
    const { gradient } = await slope.run({
      spectrogram: { data, shape: [batch, 1, rows, frames] },
      logitWeights: { data: logits, shape: [1, logits.length] },
    });
    for (const [at, value] of gradient!.entries()) sum[at]! += value / steps;
  }
  return sum.map((value, at) => value * image[at]!);
}

/** Returns the weights of a network from a file; in one that was joined with others they have a prefix. */
function weightsOf(network: Network, bytes: Uint8Array): Weights {
  const { initializers } = parseOnnx(bytes);
  return new Map(
    [...network.weights].map(([name, { shape }]): [string, Float32Array] => {
      const proto = initializers.get(name) ?? initializers.get(`0.${name}`);
      const { values } = proto ? decodeTensor(proto) : {};
      const length = shape.reduce((product, each) => product * each, 1);
      if (values instanceof Float32Array && values.length === length) return [name, values];
      const message = `The model's file has no weights ${name} as its model card has them.`;
      throw new UndertoneError("model-invalid", message);
    }),
  );
}
