import { emitModel } from "../graph/emit.ts";
import { softmax } from "../graph/operators/activation.ts";
import { multiply } from "../graph/operators/arithmetic.ts";
import { input, scalar, type Tensor } from "../graph/tensor.ts";
import type { Architecture, SpeechEncoders } from "./definition.ts";
import { encoderSampleRate, givenLayers } from "./encoder-layers.ts";
import type { OodReference } from "./ood-distance.ts";
import { spectrogramImage, type FrontEnd } from "./front-end.ts";
import { cardKey, type DimensionCard, type ModelCard } from "./model-card.ts";
import { Network, type Weights } from "./network.ts";
import { namedSentenceEncoder, type SentenceEncoderName } from "./sentence-encoders.ts";

/** A network with what stands before and behind it. */
export interface BundleParts {
  readonly architecture: Architecture;
  readonly frontEnd: FrontEnd;
  /** The words that an architecture with words knows, in the order of their ids. */
  readonly vocabulary?: readonly string[];
  /** The pretrained speech encoders whose layers the architecture is given. */
  readonly speechEncoders?: SpeechEncoders | undefined;
  /** The pretrained sentence encoder whose vectors or subword tokens it is given. */
  readonly sentenceEncoder?: SentenceEncoderName | undefined;
  readonly oodReference?: OodReference | undefined;
  readonly weights: Weights;
  readonly card: (
    | Pick<ModelCard, "name" | "labels" | "temperature" | "neutral" | "ordinary" | "provenance">
    | Pick<DimensionCard, "name" | "dimensions" | "provenance">
  ) &
    Partial<Pick<ModelCard, "window">>;
}

/**
 * One ONNX file that any runtime serves: `waveform` [batch, windowSec · sampleRate], `words` [batch, length],
 * `wordConfidence` [batch, 1], `sentence` [batch, width], `subwords` [batch, length], `descriptors` [batch, 8, frames], an encoder's `hidden` [batch, frames, layers, width]
 * and `mask` [batch, frames], as many of them as the architecture has, to `probabilities` [batch, labels] or, of a card with
 * dimensions, `dimensions` [batch, dimensions], and, with `oodReference`, `distance` [batch]; the model card is in its metadata under the key `undertone`.
 */
export function exportBundle(parts: BundleParts): Uint8Array {
  const { architecture, weights, card, oodReference } = parts;
  const network = new Network("inference");
  const outputs = architecture.build(network, servedInputs(parts));
  return emitModel({
    outputs: {
      ...("dimensions" in card
        ? { dimensions: outputs }
        : { probabilities: softmax(multiply(outputs, scalar(1 / card.temperature))) }),
      ...(oodReference && { distance: oodReference.distance(network.embedding) }),
    },
    weights,
    freeBatch: true,
    metadata: { [cardKey]: JSON.stringify(wholeCard(parts)) },
  });
}

/** The architecture's inputs as the file has them: a spectrogram is made of the waveform. */
function servedInputs({ architecture, frontEnd }: BundleParts): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(architecture.inputs).map(([name, shape]) => {
      if (name !== "spectrogram") return [name, input(name, [1, ...shape])];
      const waveform = input("waveform", [1, frontEnd.frames * frontEnd.hopLength]);
      return [name, spectrogramImage(waveform, frontEnd)];
    }),
  );
}

function wholeCard({
  architecture,
  frontEnd,
  vocabulary,
  speechEncoders,
  sentenceEncoder,
  oodReference,
  card,
}: BundleParts): object {
  const { inputs } = architecture;
  const { sampleRate, nFft, hopLength, frames, rangeDb } = frontEnd;
  return {
    ...card,
    ...(inputs["spectrogram"] && { sampleRate, windowSec: (frames * hopLength) / sampleRate }),
    ...(speechEncoders && {
      sampleRate: encoderSampleRate,
      windowSec: speechEncoders.longestSec,
      encoders: speechEncoders.encoders.map(givenLayers),
    }),
    ...(sentenceEncoder && { sentenceEncoder: namedSentenceEncoder(sentenceEncoder) }),
    ...(inputs["descriptors"] && { descriptors: { nFft, hopLength, frames, rangeDb } }),
    ...oodReference?.card,
    ...(inputs["words"] && { words: { length: inputs["words"][0], vocabulary } }),
  };
}
