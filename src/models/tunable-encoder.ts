import { cutModel } from "../graph/cut.ts";
import { importGraph } from "../graph/import/import-graph.ts";
import { parseOnnx, type OnnxFile } from "../graph/import/onnx-file.ts";
import { maskedSoftmax } from "../graph/operators/activation.ts";
import { reshape } from "../graph/operators/layout.ts";
import { withLowRank, type LowRank } from "../graph/low-rank.ts";
import type { Shape, Tensor } from "../graph/tensor.ts";
import { adapterPart, type Adapter } from "./adapter.ts";
import { fanInUniform, filledWith } from "./initializers.ts";
import type { Initializer, Network } from "./network.ts";
import { layerOutput, type EncoderName } from "./speech-encoder.ts";

/** One layer of an encoder's file, in two parts that meet at its attention. */
interface LayerFile {
  readonly layer: number;
  /** From what the layer is given to the scores of its attention. */
  readonly scores: OnnxFile;
  /** From what it is given and the attention to what it hands on. */
  readonly rest: OnnxFile;
}

/** Layers of an encoder as a network can train them, from the lowest to the uppermost. */
export type TunableLayers = readonly LayerFile[];

const stem = layerOutput(-1);
const attentionOf = (layer: number): string => `/layers.${layer}/self_attn/Softmax_output_0`;

/**
 * Takes layers out of an encoder's file; with a rank, room for adapters is made beside their products.
 * @throws UndertoneError `model-invalid` when the file is no such encoder
 */
export function tunableLayers(
  published: Uint8Array,
  layers: readonly number[],
  rank?: number,
): TunableLayers {
  const file =
    rank === undefined ? published : withLowRank(published, emptyAdapter(published, layers, rank));
  return layers.map((layer) => {
    // The first layer's input has the shape that positions are counted by.
    const given = [stem, layerOutput(layer - 1)];
    const rest = parseOnnx(cutModel(file, [layerOutput(layer)], [...given, attentionOf(layer)]));
    const [score] = parseOnnx(cutModel(file, [attentionOf(layer)], given)).producers.get(
      attentionOf(layer),
    )!.inputs;
    return { layer, scores: parseOnnx(cutModel(file, [score!], given)), rest };
  });
}

/** How layers of an encoder learn. */
export interface Tuning {
  /** Times the learning rate: of the uppermost layer. */
  readonly rate: number;
  /** Times the one above: of each layer below. */
  readonly decay: number;
  /** Their matrices stay as they are and learn what is added to them, of so low a rank; without it all weights learn. */
  readonly rank?: number | undefined;
}

/** An adapter of all matrices that some layers multiply by, which adds nothing yet. */
function emptyAdapter(file: Uint8Array, layers: readonly number[], rank: number): Adapter {
  const { initializers, producers } = parseOnnx(file);
  const adapter = new Map<string, LowRank>();
  for (const { operator, outputs, inputs } of producers.values()) {
    const isOwn = layers.some((layer) => outputs[0]!.startsWith(`/layers.${layer}/`));
    const matrix = initializers.get(inputs[1] ?? "");
    if (!isOwn || !operator.startsWith("MatMul") || matrix === undefined) continue;
    const [rows, columns] = matrix.dims.map(Number);
    const down = new Float32Array(rows! * rank);
    const up = new Float32Array(rank * columns!);
    adapter.set(publishedName(matrix.name), { rank, down, up });
  }
  return adapter;
}

/** A weight by its own name, whether the file has it in floats or in bytes. */
const publishedName = (name: string): string => name.replace(/_(quantized|scale|zero_point)$/, "");

interface TunedOptions {
  /** The encoder's, under which its weights are kept. */
  readonly name: EncoderName;
  /** What the lowest layer is given: [batch, frames, width]. */
  readonly x: Tensor;
  /** [batch, frames], 1 at each frame that there is. */
  readonly mask: Tensor;
  readonly tuning: Tuning;
}

/**
 * Layers of a pretrained encoder that training goes on with: what each hands on, [batch, frames, width]. Frames behind a
 * clip's end are not attended to, so that padding changes nothing.
 */
export function tunedLayers(
  network: Network,
  layers: TunableLayers,
  { name, x, mask, tuning: { rate, decay, rank } }: TunedOptions,
): Tensor[] {
  const outputs: Tensor[] = [];
  let given = x;
  for (const [index, file] of layers.entries()) {
    const learningRateFactor = rate * decay ** (layers.length - 1 - index);
    given = tunedLayer(network, file, { name, given, mask, learningRateFactor, rank });
    outputs.push(given);
  }
  return outputs;
}

interface LayerOptions {
  readonly name: EncoderName;
  readonly given: Tensor;
  readonly mask: Tensor;
  readonly learningRateFactor: number;
  readonly rank: number | undefined;
}

function tunedLayer(
  network: Network,
  { layer, scores, rest }: LayerFile,
  options: LayerOptions,
): Tensor {
  const { given, mask } = options;
  const tensors = new Map<string, Tensor>();
  const run = (file: OnnxFile, attention?: Tensor): Tensor => {
    const own = weightsOf(file, layer);
    const inputs = Object.fromEntries(
      [...file.inputs.keys()].map((key) => [key, key === attentionOf(layer) ? attention! : given]),
    );
    const [output] = file.outputs;
    const made = importGraph(file, {
      inputs,
      outputs: [output!],
      weight: (weight, published) => {
        if (!own.has(weight)) return undefined;
        const tensor =
          tensors.get(weight) ?? learning(network, { layer, weight, published }, options);
        if (tensor !== undefined) tensors.set(weight, tensor);
        return tensor;
      },
    });
    return made[output!]!;
  };
  const [batch, frames] = given.shape;
  const shown = reshape(mask, [batch!, 1, 1, frames!]);
  return run(rest, maskedSoftmax(run(scores), shown));
}

interface PublishedWeight {
  readonly layer: number;
  readonly weight: string;
  readonly published: { readonly shape: Shape; readonly values: Float32Array };
}

/** What learns in the place of a weight; undefined where it stays as it is. */
function learning(
  network: Network,
  { layer, weight, published: { shape, values } }: PublishedWeight,
  { name, learningRateFactor, rank }: LayerOptions,
): Tensor | undefined {
  const starting = (own: string, initialize: Initializer): Tensor =>
    network.tuned(own, shape, { initialize, learningRateFactor });
  if (rank === undefined) return starting(`${name}.${layer}.${weight}`, () => values.slice());
  const part = adapterPart(weight);
  if (part === undefined) return undefined;
  return starting(`${name}.${weight}`, part === "down" ? fanInUniform(shape[0]) : filledWith(0));
}

/** Names of the weights that a layer's own nodes use; those that begin with "/" are the exporter's constants. */
function weightsOf(file: OnnxFile, layer: number): Set<string> {
  const own = [...file.producers.values()].filter(({ outputs }) =>
    outputs[0]!.startsWith(`/layers.${layer}/`),
  );
  const names = own.flatMap(({ inputs }) => inputs.map(publishedName));
  return new Set(names.filter((name) => !name.startsWith("/")));
}
