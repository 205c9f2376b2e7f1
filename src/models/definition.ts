import { z } from "zod";
import type { OnnxFile } from "../graph/import/onnx-file.ts";
import { cast } from "../graph/operators/arithmetic.ts";
import type { Runtime } from "../graph/session.ts";
import { input, type Shape, type Tensor } from "../graph/tensor.ts";
import type { EncoderName, TunedLayers } from "./encoder-layers.ts";
import type { Example } from "./example.ts";
import type { Network, Weights } from "./network.ts";
import type { OodReference } from "./ood-distance.ts";
import type { SentenceEncoderName } from "./sentence-encoders.ts";
import type { TunableLayers } from "./tunable-encoder.ts";

/** What a model is given of a clip; the first three come from its sound, the others from its words. */
export type Modality =
  | "spectrogram"
  | "descriptors"
  | "encoder-layers"
  | "words"
  | "sentence"
  | "subwords";

/** A network: named inputs [batch, ...shape] → logits [batch, classes], or values on as many dimensions. */
export interface Architecture {
  /** Shapes by name, without the batch axis. */
  readonly inputs: Readonly<Record<string, Shape>>;
  readonly classes: number;
  /** Whether the outputs are values on dimensions, in place of logits. */
  readonly isRegression?: boolean;
  /**
   * Whether the first axis of each input is time, padded with zeros that do not change the logits: the network
   * can be built for less time. Such a network has no batch statistics.
   */
  readonly isPadded?: boolean;
  build(network: Network, inputs: Readonly<Record<string, Tensor>>): Tensor;
  /** Of a gated model: the weights of voice and words, [batch, 2]. */
  readonly gates?: (network: Network, inputs: Readonly<Record<string, Tensor>>) => Tensor;
}

/** What the data fixes of an architecture, as far as it has such inputs. */
export interface DataShapes {
  /** Bands or coefficients, and frames, of a spectrogram. */
  readonly spectrogram?: { readonly rows: number; readonly frames: number };
  /** Words of an utterance, and ids that there are. */
  readonly words?: { readonly length: number; readonly vocabulary: number };
  /** The file of a pretrained sentence encoder to fine-tune. */
  readonly encoder?: OnnxFile | undefined;
  /** The layers of speech encoders to fine-tune. */
  readonly tunable?: Readonly<Partial<Record<EncoderName, TunableLayers>>>;
  readonly classes: number;
}

/** Examples that a model without gradients is fitted to. */
export interface FitData {
  readonly train: readonly Example[];
  /** How much each training example counts, [train]. */
  readonly weights: readonly number[];
  /** Who speaks in each training example, [train], where that is known. */
  readonly speakers?: readonly string[];
  /** Labels that the corpus of each training example has, [train], where it does not have all. */
  readonly corpusLabels?: readonly (ReadonlySet<number> | undefined)[];
  /** Index of the label of neutral speech, where there is one. */
  readonly neutral?: number | undefined;
  /** Sounds in which nobody speaks, without a label; a model of emotions may learn to tell them from speech. */
  readonly notSpeech?: readonly Example[];
  /** Chooses what is chosen. */
  readonly validation: readonly Example[];
  readonly classes: number;
  /** Runs what is costly. */
  readonly runtime?: Runtime;
  /** Awaited before each iteration of each fit; what it throws ends them all. */
  readonly onIteration?: (step: FitStep) => Promise<void>;
}

/** Where the fits of a model stand. */
export interface FitStep {
  /** Fits that are done. */
  readonly done: number;
  readonly total: number;
  /** Of the fit under way, from 0. */
  readonly iteration: number;
  /** Of the fit under way: what it makes small. */
  readonly loss: number;
}

/** A model that was fitted without gradients. */
export interface FittedModel {
  /** Returns the probabilities [classes] of each example, or its values [dimensions]; left out where the network does. */
  predict?(examples: readonly Example[]): (readonly number[])[];
  /** Trained numbers. */
  readonly parameters: number;
  /** Of the definition's architecture, where the model can be exported. */
  readonly weights?: Weights;
  /** How the exported model tells what is no speech. */
  readonly oodReference?: OodReference | undefined;
}

/** Layers of pretrained speech encoders. */
export interface SpeechEncoders {
  readonly encoders: readonly TunedLayers[];
  /** Of longer speech the middle is encoded. */
  readonly longestSec: number;
}

/** A kind of model: its options, what it is given, and how it is built or fitted. */
export interface ModelDefinition<
  Kind extends string = string,
  Options extends z.ZodRawShape = z.ZodRawShape,
> {
  readonly kind: Kind;
  /** One sentence for the recipe reference. */
  readonly description: string;
  readonly schema: z.ZodObject<Options & { kind: z.ZodLiteral<Kind> }, z.core.$strict>;
  readonly inputs: readonly Modality[];
  /** Trained by gradients, unless there is `fit`; left out by a model that cannot be exported. */
  architecture?(options: z.output<z.ZodObject<Options>>, data: DataShapes): Architecture;
  /** The pretrained speech encoders whose layers it is given, and the longest speech that goes through them. */
  encoders?(options: z.output<z.ZodObject<Options>>): SpeechEncoders;
  /** The pretrained sentence encoder that it is given the output or the tokens of. */
  sentenceEncoder?(options: z.output<z.ZodObject<Options>>): SentenceEncoderName;
  /** Whether `fit` learns to tell what is no speech. */
  readonly learnsNotSpeech?: boolean;
  /** Fits the model in closed form or by a solver of its own. */
  fit?(options: z.output<z.ZodObject<Options>>, data: FitData): Promise<FittedModel>;
  /** The same for values on dimensions, which the examples have. */
  fitDimensions?(options: z.output<z.ZodObject<Options>>, data: FitData): Promise<FittedModel>;
}

type Definition<Kind extends string, Options extends z.ZodRawShape> = Omit<
  ModelDefinition<Kind, Options>,
  "schema"
> & { readonly options: Options };

/**
 * Defines a kind of model for recipes.
 * @example
 * ```ts
 * import { z } from "zod";
 * import { defineModel } from "undertone/train";
 * import type { Architecture } from "undertone/train";
 *
 * const mine = defineModel({
 *   kind: "my-model",
 *   description: "A model of my own.",
 *   options: { hidden: z.int().positive().default(64) },
 *   inputs: ["spectrogram"],
 *   architecture: ({ hidden }, { classes }): Architecture => {
 *     throw new Error(`Build ${hidden} units and ${classes} classes here.`);
 *   },
 * });
 * console.log(mine.schema.parse({ kind: "my-model" }).hidden);
 * ```
 */
export function defineModel<Kind extends string, Options extends z.ZodRawShape>({
  options,
  ...definition
}: Definition<Kind, Options>): ModelDefinition<Kind, Options> {
  const schema = z.strictObject({ kind: z.literal(definition.kind), ...options });
  return { ...definition, schema };
}

/**
 * Returns the shape of one spectrogram. @throws RangeError where the data has none
 * @example
 * ```ts
 * import { spectrogramShape } from "undertone/train";
 *
 * const shape = spectrogramShape({ classes: 8, spectrogram: { rows: 64, frames: 128 } }); // → [1, 64, 128]
 * ```
 */
export function spectrogramShape({ spectrogram }: DataShapes): Shape {
  if (!spectrogram) throw new RangeError("architecture: this model needs spectrograms");
  return [1, spectrogram.rows, spectrogram.frames];
}

/** Returns how many words an utterance has and ids there are. @throws RangeError where the data has no words */
export function wordShapes({ words }: DataShapes): NonNullable<DataShapes["words"]> {
  if (!words) throw new RangeError("architecture: this model needs words");
  return words;
}

/** Returns a tensor for each of an architecture's inputs; those named in `float16` are fed as such and cast. */
export function inputTensors(
  { inputs }: Pick<Architecture, "inputs">,
  batch: number,
  float16: readonly string[] = [],
): Record<string, Tensor> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, shape]) => {
      const type = float16.includes(name) ? "float16" : "float32";
      return [name, cast(input(name, [batch, ...shape], type))];
    }),
  );
}
