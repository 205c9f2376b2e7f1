import { emitModel } from "../../graph/emit.ts";
import { withFreeAxes } from "../../graph/free-axes.ts";
import { joinModels, type ModelPart } from "../../graph/join.ts";
import { decodeModel } from "../../graph/model-proto.ts";
import { softmax } from "../../graph/operators/activation.ts";
import { add, clampBelow, log } from "../../graph/operators/arithmetic.ts";
import { constant, input } from "../../graph/tensor.ts";
import { neutralLabel } from "../../shared/emotions.ts";
import { UndertoneError } from "../../shared/errors.ts";
import type { EncoderLayers, EncoderName } from "../encoder-layers.ts";
import {
  cardKey,
  isTextModel,
  predictsDimensions,
  readDimensionCard,
  readModelCard,
  readTextModelCard,
  type ModelCard,
} from "../model-card.ts";
import { neutralBias } from "../ordinary-speech.ts";
import { descriptorPart } from "./descriptor-part.ts";
import { encoderParts } from "./encoder-parts.ts";
import type { ExportedModel } from "./exported-model.ts";
import { speechPart, windowPart } from "./window.ts";

/** Output of the probabilities of ordinary speech. */
export const ordinaryOutput = "ordinary_probabilities";

/** Inputs of the models over a sentence encoder. */
const ofSentenceEncoder: readonly string[] = ["sentence", "subwords"];

interface ExportOptions {
  /** Files of the encoders that the model's card names. */
  readonly encoders: ReadonlyMap<EncoderName, Uint8Array>;
  /** Share of neutral speech that is expected of ordinary speech. */
  readonly neutralShare: number;
}

/** Returns the card of a model that can be exported. @throws UndertoneError `model-invalid` */
export function exportedCard(model: Uint8Array): ExportedModel["card"] {
  if (decodeModel(model).graph.input.some(({ name }) => ofSentenceEncoder.includes(name))) {
    const message =
      "The model takes what a sentence encoder makes of words, and its file does not say which one: it cannot be exported. Export a text-gru or text-transformer.";
    throw new UndertoneError("model-invalid", message);
  }
  if (predictsDimensions(model)) return readDimensionCard(model);
  return isTextModel(model) ? readTextModelCard(model) : readModelCard(model);
}

/** Returns the encoders whose files a model needs. */
export const encodersOf = (card: ExportedModel["card"]): readonly EncoderLayers[] =>
  "sampleRate" in card ? (card.encoders ?? []) : [];

/**
 * Returns a model and its encoders as one ONNX file: `waveform` [batch, samples], at the card's sample rate and of any length,
 * to `probabilities` [batch, labels] as tests have them, `ordinary_probabilities` where the card says how those are made, or
 * `dimensions`, and `distance` [batch] where the model gives one. Level and features are made inside, of longer sound from
 * its middle or start; which part of a recording is speech is for the caller to say. A text model is one file already: `words`
 * [batch, length], ids of words, to `probabilities`; a model of both takes `words` and `wordConfidence` [batch, 1] too.
 * @throws UndertoneError `model-invalid` for a model over the vectors or subwords of a sentence encoder
 */
export function exportSelfContained(model: Uint8Array, options: ExportOptions): Uint8Array {
  const card = exportedCard(model);
  if (!("sampleRate" in card)) return model;
  const { encoders = [], descriptors, ...rest } = card;
  const parts: ModelPart[] = [];
  const names = new Map<string, string>();
  if (decodeModel(model).graph.input.some(({ name }) => name === "waveform")) {
    const { sampleRate, windowSec, window } = card;
    parts.push(
      windowPart({ sampleRate, length: Math.round(sampleRate * windowSec), place: window }),
    );
    names.set("waveform", "window");
    if (descriptors) parts.push(descriptorPart({ sampleRate, ...descriptors }));
  }
  if (encoders.length > 0) parts.push(speechPart(card.windowSec));
  for (const selection of encoders) {
    const file = options.encoders.get(selection.name);
    if (file === undefined) {
      throw new RangeError(`exportSelfContained: encoders needs the file of ${selection.name}`);
    }
    parts.push(...encoderParts(selection, file, card.windowSec));
  }
  parts.push({ bytes: model, names });
  const outputs = "dimensions" in card ? ["dimensions"] : ["probabilities"];
  const ordinary = "labels" in card ? ordinaryPart(card, options.neutralShare) : undefined;
  if (ordinary) {
    parts.push(ordinary);
    outputs.push(ordinaryOutput);
  }
  if ("labels" in card && (card.distances ?? card.notSpeech)) outputs.push("distance");
  const whole = joinModels(parts, { outputs, metadata: { [cardKey]: JSON.stringify(rest) } });
  return withFreeAxes(whole, { waveform: { axis: 1, name: "samples" } });
}

/** From the probabilities of a voice that is not known to those of ordinary speech. */
function ordinaryPart(
  { labels, ordinary }: Pick<ModelCard, "labels" | "ordinary">,
  neutralShare: number,
): ModelPart | undefined {
  if (!ordinary) return undefined;
  const bias = neutralBias(ordinary, { utterances: 0, share: neutralShare });
  const biases = labels.map((label) => (label === neutralLabel ? bias : 0));
  const probabilities = input("probabilities", [1, labels.length]);
  const logits = log(clampBelow(probabilities, Number.EPSILON));
  const raised = softmax(add(logits, constant(biases, [1, labels.length])));
  return {
    bytes: emitModel({ outputs: { [ordinaryOutput]: raised }, freeBatch: true }),
    names: new Map(),
  };
}
