import { emitModel } from "../../graph/emit.ts";
import { withFreeAxes } from "../../graph/free-axes.ts";
import { joinModels, type ModelPart } from "../../graph/join.ts";
import { softmax } from "../../graph/operators/activation.ts";
import { add, clampBelow, log } from "../../graph/operators/arithmetic.ts";
import { constant, input } from "../../graph/tensor.ts";
import { neutralLabel } from "../../shared/emotions.ts";
import type { EncoderName } from "../encoder-layers.ts";
import { cardKey, type ModelCard, type SentenceModelCard } from "../model-card.ts";
import { neutralBias } from "../ordinary-speech.ts";
import { descriptorPart } from "./descriptor-part.ts";
import { encoderParts } from "./encoder-parts.ts";
import { exportedCard } from "./exported-card.ts";
import { graphTensors } from "./exported-model.ts";
import { sentenceParts, subwordsPart, tokenInputs } from "./sentence-parts.ts";
import { speechPart, windowPart } from "./window.ts";

/** Output of the probabilities of ordinary speech. */
export const ordinaryOutput = "ordinary_probabilities";

interface ExportOptions {
  /** Files of the encoders that the model's card names. */
  readonly encoders: ReadonlyMap<EncoderName, Uint8Array>;
  /** File of the sentence encoder that the model's card names, unless it was fine-tuned. */
  readonly sentenceEncoder?: Uint8Array | undefined;
  /** Share of neutral speech that is expected of ordinary speech. */
  readonly neutralShare: number;
}

/**
 * Returns a model and its encoders as one ONNX file: `waveform` [batch, samples], at the card's sample rate and of any length,
 * to `probabilities` [batch, labels] as tests have them, `ordinary_probabilities` where the card says how those are made, or
 * `dimensions`, and `distance` [batch] where the model gives one. Level and features are made inside, of longer sound from
 * its middle or start; which part of a recording is speech is for the caller to say. A text model is one file already: `words`
 * [batch, length], ids of words, to `probabilities`; a model of both takes `words` and `wordConfidence` [batch, 1] too. A model
 * over a sentence encoder takes its `input_ids` and `attention_mask`, int64 [batch, tokens].
 * @throws UndertoneError `model-invalid` for a file of a sentence encoder that this version does not know
 */
export function exportSelfContained(model: Uint8Array, options: ExportOptions): Uint8Array {
  const card = exportedCard(model);
  if ("sentenceEncoder" in card) return withSentenceEncoder(model, card, options);
  if (!("sampleRate" in card)) return model;
  const { encoders = [], descriptors, ...rest } = card;
  const { inputs } = graphTensors(model);
  const parts: ModelPart[] = [];
  const names = new Map<string, string>();
  if (inputs.some(({ name }) => name === "waveform")) {
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

function withSentenceEncoder(
  model: Uint8Array,
  card: SentenceModelCard,
  { sentenceEncoder }: ExportOptions,
): Uint8Array {
  const subwords = graphTensors(model).inputs.find(({ name }) => name === "subwords");
  if (!subwords && !sentenceEncoder) {
    throw new RangeError("exportSelfContained: sentenceEncoder needs the file of the encoder");
  }
  const before = subwords
    ? [subwordsPart(subwords.shape[0]!)]
    : sentenceParts(card.sentenceEncoder, sentenceEncoder!);
  const whole = joinModels([...before, { bytes: model }], {
    outputs: ["probabilities"],
    metadata: { [cardKey]: JSON.stringify(card) },
  });
  const tokens = { axis: 1, name: "tokens" };
  return withFreeAxes(whole, { [tokenInputs.ids]: tokens, [tokenInputs.mask]: tokens });
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
  };
}
