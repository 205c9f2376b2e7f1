import { cutModel } from "../graph/cut.ts";
import { importGraph } from "../graph/import/import-graph.ts";
import { parseOnnx, type OnnxFile } from "../graph/import/onnx-file.ts";
import { maskedSoftmax } from "../graph/operators/activation.ts";
import { reshape } from "../graph/operators/layout.ts";
import type { Tensor } from "../graph/tensor.ts";
import { layerOutput, type EncoderName } from "./encoder-layers.ts";
import type { Network } from "./network.ts";

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
 * Returns layers of an encoder's file for fine-tuning.
 * @throws UndertoneError `model-invalid` when the file is no such encoder
 */
export function tunableLayers(file: Uint8Array, layers: readonly number[]): TunableLayers {
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
  { name, x, mask, tuning: { rate, decay } }: TunedOptions,
): Tensor[] {
  const outputs: Tensor[] = [];
  let given = x;
  for (const [index, file] of layers.entries()) {
    const learningRateFactor = rate * decay ** (layers.length - 1 - index);
    given = tunedLayer(network, file, { name, given, mask, learningRateFactor });
    outputs.push(given);
  }
  return outputs;
}

interface LayerOptions {
  readonly name: EncoderName;
  readonly given: Tensor;
  readonly mask: Tensor;
  readonly learningRateFactor: number;
}

function tunedLayer(
  network: Network,
  { layer, scores, rest }: LayerFile,
  { name, given, mask, learningRateFactor }: LayerOptions,
): Tensor {
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
      weight: (weight, { shape, values }) => {
        if (!own.has(weight)) return undefined;
        const tensor =
          tensors.get(weight) ??
          network.tuned(`${name}.${layer}.${weight}`, shape, {
            initialize: () => values.slice(),
            learningRateFactor,
          });
        tensors.set(weight, tensor);
        return tensor;
      },
    });
    return made[output!]!;
  };
  const [batch, frames] = given.shape;
  const shown = reshape(mask, [batch!, 1, 1, frames!]);
  return run(rest, maskedSoftmax(run(scores), shown));
}

/** Names of the weights that a layer's own nodes use; those that begin with "/" are the exporter's constants. */
function weightsOf(file: OnnxFile, layer: number): Set<string> {
  const own = [...file.producers.values()].filter(({ outputs }) =>
    outputs[0]!.startsWith(`/layers.${layer}/`),
  );
  const names = own.flatMap(({ inputs }) => inputs.map(publishedName));
  return new Set(names.filter((name) => !name.startsWith("/")));
}
