import { cast } from "../graph/operators/arithmetic.ts";
import { input, type Shape, type Tensor } from "../graph/tensor.ts";
import type { OnnxFile } from "../graph/import/onnx-file.ts";
import { audioCnn, type AudioCnnOptions } from "./audio-cnn.ts";
import { audioEncoder, audioEncoderShapes, type AudioEncoderOptions } from "./audio-encoder.ts";
import { audioTransformer, type AudioTransformerOptions } from "./audio-transformer.ts";
import { descriptorCount } from "./low-level-descriptors.ts";
import { fusionEarly, type FusionEarlyOptions } from "./fusion-early.ts";
import { fusionFeatures } from "./fusion-features.ts";
import { gatedFusion, type FusionGatedOptions, type GatedFusion } from "./fusion-gated.ts";
import type { Network } from "./network.ts";
import { sentenceWidths } from "./sentence-encoder.ts";
import {
  textEncoder,
  tunedEncoder,
  type TextEncoderOptions,
  type TunedEncoderOptions,
} from "./text-encoder.ts";
import { textGru, type TextGruOptions } from "./text-gru.ts";
import { textTransformer, type TextTransformerOptions } from "./text-transformer.ts";

/** A network as training sees it: named inputs [batch, ...shape] → logits [batch, classes], of a double one [batch, 2, classes]. */
export interface Architecture {
  /** Shapes by name, without the batch axis. */
  readonly inputs: Readonly<Record<string, Shape>>;
  readonly classes: number;
  /**
   * Whether the first axis of each input is time, which zeros fill up behind a row's end: the network does not hear
   * them and can be built for less time. Such a network has no statistics over a batch.
   */
  readonly isPadded?: boolean;
  build(network: Network, inputs: Readonly<Record<string, Tensor>>): Tensor;
  /** Of a gated model: what weight each example gives to voice and words, [batch, 2]. */
  readonly gates?: (network: Network, inputs: Readonly<Record<string, Tensor>>) => Tensor;
}

/** What the data fixes of an architecture, as far as it has such inputs. */
export interface DataShapes {
  /** Bands or coefficients, and frames, of a spectrogram. */
  readonly spectrogram?: { readonly rows: number; readonly frames: number };
  /** Words read of an utterance, and ids that there are. */
  readonly words?: { readonly length: number; readonly vocabulary: number };
  /** The file of a pretrained encoder that is trained on. */
  readonly encoder?: OnnxFile | undefined;
  /** The layers of encoders that are tuned. */
  readonly tunable?: AudioEncoderOptions["tunable"];
  /** Whether training teaches an output layer of companions besides. */
  readonly isDouble?: boolean;
  readonly classes: number;
}

/** Which architecture, with its options. */
export type ModelOptions =
  | Kind<"audio-cnn", AudioCnnOptions>
  | Kind<"audio-transformer", AudioTransformerOptions>
  | Kind<"text-encoder", TextEncoderOptions>
  | Kind<"text-encoder-tuned", Omit<TunedEncoderOptions, "file">>
  | Kind<"audio-encoder", AudioEncoderOptions>
  | Kind<"text-gru", TextGruOptions>
  | Kind<"text-transformer", TextTransformerOptions>
  | Kind<"fusion-early", FusionEarlyOptions>
  | Kind<"fusion-features", AudioCnnOptions>
  | Kind<"fusion-gated", FusionGatedOptions>;

/** Options of one kind, without what the data fixes. */
type Kind<Name extends string, Options> = { readonly kind: Name } & {
  readonly [
    Key in keyof Omit<Options, "classes" | "vocabulary" | "tunable" | "isDouble">
  ]: Key extends "words"
    ? Omit<Options[Key & keyof Options], "vocabulary">
    : Options[Key & keyof Options];
};

/**
 * The architecture of a model for given data. A new model is one file and one case here.
 * @throws RangeError when the data lacks what the model is fed
 */
export function architectureOf(model: ModelOptions, data: DataShapes): Architecture {
  const { classes } = data;
  switch (model.kind) {
    case "audio-cnn":
      return {
        inputs: { spectrogram: spectrogramShape(data) },
        classes,
        build: (network, { spectrogram }) => audioCnn(network, spectrogram!, { ...model, classes }),
      };
    case "audio-transformer":
      return {
        inputs: { spectrogram: spectrogramShape(data) },
        classes,
        build: (network, { spectrogram }) =>
          audioTransformer(network, spectrogram!, { ...model, classes }),
      };
    case "text-encoder":
      return {
        inputs: { sentence: [sentenceWidths[model.encoder]] },
        classes,
        build: (network, { sentence }) => textEncoder(network, sentence!, { ...model, classes }),
      };
    case "text-encoder-tuned": {
      const { encoder: file } = data;
      const { length } = wordShapes(data);
      if (!file) throw new RangeError("architectureOf: this model needs its encoder's file");
      return {
        inputs: { subwords: [length] },
        classes,
        isPadded: true,
        build: (network, { subwords }) =>
          tunedEncoder(network, subwords!, { ...model, file, classes }),
      };
    }
    case "audio-encoder":
      return {
        inputs: audioEncoderShapes(model),
        classes,
        isPadded: true,
        build: (network, inputs) =>
          audioEncoder(network, inputs, {
            ...model,
            tunable: data.tunable ?? {},
            isDouble: data.isDouble,
            classes,
          }),
      };
    case "text-gru": {
      const { length, vocabulary } = wordShapes(data);
      return {
        inputs: { words: [length] },
        classes,
        build: (network, { words }) => textGru(network, words!, { ...model, classes, vocabulary }),
      };
    }
    case "text-transformer": {
      const { length, vocabulary } = wordShapes(data);
      return {
        inputs: { words: [length] },
        classes,
        build: (network, { words }) =>
          textTransformer(network, words!, { ...model, classes, vocabulary }),
      };
    }
    case "fusion-early": {
      const { length, vocabulary } = wordShapes(data);
      const options = { ...model, words: { ...model.words, vocabulary }, classes };
      return {
        inputs: { spectrogram: spectrogramShape(data), words: [length] },
        classes,
        build: (network, { spectrogram, words }) =>
          fusionEarly(network, { spectrogram: spectrogram!, words: words! }, options),
      };
    }
    case "fusion-features": {
      const [, , frames] = spectrogramShape(data);
      return {
        inputs: { spectrogram: spectrogramShape(data), descriptors: [descriptorCount, frames!] },
        classes,
        build: (network, { spectrogram, descriptors }) =>
          fusionFeatures(
            network,
            { spectrogram: spectrogram!, descriptors: descriptors! },
            { ...model, classes },
          ),
      };
    }
    case "fusion-gated": {
      const { length, vocabulary } = wordShapes(data);
      const options = { ...model, words: { ...model.words, vocabulary }, classes };
      const fusion = (network: Network, inputs: Readonly<Record<string, Tensor>>): GatedFusion =>
        gatedFusion(
          network,
          {
            spectrogram: inputs["spectrogram"]!,
            words: inputs["words"]!,
            wordConfidence: inputs["wordConfidence"]!,
          },
          options,
        );
      return {
        inputs: { spectrogram: spectrogramShape(data), words: [length], wordConfidence: [1] },
        classes,
        build: (network, inputs) => fusion(network, inputs).logits,
        gates: (network, inputs) => fusion(network, inputs).gates,
      };
    }
    default:
      return model satisfies never;
  }
}

function spectrogramShape({ spectrogram }: DataShapes): Shape {
  if (!spectrogram) throw new RangeError("architectureOf: this model needs spectrograms");
  return [1, spectrogram.rows, spectrogram.frames];
}

function wordShapes({ words }: DataShapes): NonNullable<DataShapes["words"]> {
  if (!words) throw new RangeError("architectureOf: this model needs words");
  return words;
}

/** What a network is fed for each of an architecture's inputs, those of these names in half precision. */
export function inputTensors(
  { inputs }: Pick<Architecture, "inputs">,
  batch: number,
  halves: readonly string[] = [],
): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, shape]) => {
      const type = halves.includes(name) ? "float16" : "float32";
      return [name, cast(input(name, [batch, ...shape], type))];
    }),
  );
}
