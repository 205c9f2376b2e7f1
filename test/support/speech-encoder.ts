/** Stand-ins for published encoders of speech. */
import type { NodeProto } from "onnx-buf";
import { elementCount, type Shape } from "../../src/graph/tensor.ts";
import { Random } from "../../src/shared/random.ts";
import { floats, onnxModel, onnxNode, wholes, type FileTensor } from "./onnx-model.ts";
import { layerOutput, speechEncoders } from "../../src/models/encoder-layers.ts";

const { width } = speechEncoders["moonshine-tiny"];

/**
 * An ONNX file with the input, the convolutions and the names of moonshine-tiny's encoder and drawn weights. Each layer
 * adds to the tangent of what it is given its attention's mean of that, through a dense layer.
 */
export function tinyEncoderFile(): Uint8Array {
  const random = new Random("tiny encoder");
  const layers = Array.from(
    { length: speechEncoders["moonshine-tiny"].layers },
    (_, layer) => layer,
  );
  return onnxModel({
    operatorSet: 21,
    inputs: { input_values: ["batch", "samples"] },
    outputs: ["last_hidden_state"],
    initializers: {
      "conv1.weight": drawn(random, [8, 1, 127]),
      "conv2.weight": drawn(random, [16, 8, 7]),
      "conv3.weight": drawn(random, [width, 16, 3]),
      axis: wholes([1]),
      ...Object.fromEntries(
        layers.map((layer) => [`layers.${layer}.weight`, drawn(random, [width, width])]),
      ),
    },
    nodes: [
      onnxNode("Unsqueeze", [["input_values", "axis"], ["channel"]]),
      onnxNode("Conv", [["channel", "conv1.weight"], ["conv1"]], { strides: [64] }),
      onnxNode("Conv", [["conv1", "conv2.weight"], ["conv2"]], { strides: [3] }),
      onnxNode("Conv", [["conv2", "conv3.weight"], ["conv3"]], { strides: [2] }),
      onnxNode("Transpose", [["conv3"], [layerOutput(-1)]], { perm: [0, 2, 1] }),
      ...layers.flatMap(layerNodes),
      onnxNode("Identity", [[layerOutput(layers.length - 1)], ["last_hidden_state"]]),
    ],
  });
}

function layerNodes(layer: number): NodeProto[] {
  const own = (name: string): string => `/layers.${layer}/${name}`;
  const given = own("tanh");
  const attention = own("self_attn/Softmax_output_0");
  return [
    onnxNode("Tanh", [[layerOutput(layer - 1)], [given]]),
    onnxNode("Transpose", [[given], [own("keys")]], { perm: [0, 2, 1] }),
    onnxNode("MatMul", [[given, own("keys")], [own("products")]]),
    onnxNode("Unsqueeze", [[own("products"), "axis"], [own("scores")]]),
    onnxNode("Softmax", [[own("scores")], [attention]]),
    onnxNode("Squeeze", [[attention, "axis"], [own("attention")]]),
    onnxNode("MatMul", [[own("attention"), given], [own("mixed")]]),
    onnxNode("MatMul", [[own("mixed"), `layers.${layer}.weight`], [own("dense")]]),
    onnxNode("Add", [[given, own("dense")], [layerOutput(layer)]]),
  ];
}

function drawn(random: Random, shape: Shape): FileTensor {
  const count = elementCount(shape);
  const deviation = Math.sqrt(shape[0]! / count) / 2;
  return floats(
    shape,
    Array.from({ length: count }, () => deviation * random.normal()),
  );
}
