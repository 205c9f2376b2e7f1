/** Stand-ins for published encoders of speech. */
import { create, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type AttributeProto,
  type NodeProto,
  type TensorProto,
} from "onnx-buf";
import { layerOutput, speechEncoders } from "../../src/models/speech-encoder.ts";
import { Random } from "../../src/shared/random.ts";

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
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 10n,
      opsetImport: [{ domain: "", version: 21n }],
      graph: {
        name: "tiny",
        input: [valueInfo("input_values", ["batch", "samples"])],
        output: [valueInfo("last_hidden_state", ["batch", "frames", "width"])],
        initializer: [
          drawn(random, "conv1.weight", [8, 1, 127]),
          drawn(random, "conv2.weight", [16, 8, 7]),
          drawn(random, "conv3.weight", [width, 16, 3]),
          create(TensorProtoSchema, {
            name: "axis",
            dims: [1n],
            dataType: TensorProto_DataType.INT64,
            int64Data: [1n],
          }),
          ...layers.map((layer) => drawn(random, `layers.${layer}.weight`, [width, width])),
        ],
        node: [
          node("Unsqueeze", [["input_values", "axis"], "channel"]),
          node("Conv", [["channel", "conv1.weight"], "conv1"], [integers("strides", [64])]),
          node("Conv", [["conv1", "conv2.weight"], "conv2"], [integers("strides", [3])]),
          node("Conv", [["conv2", "conv3.weight"], "conv3"], [integers("strides", [2])]),
          node("Transpose", [["conv3"], layerOutput(-1)], [integers("perm", [0, 2, 1])]),
          ...layers.flatMap(layerNodes),
          node("Identity", [[layerOutput(layers.length - 1)], "last_hidden_state"]),
        ],
      },
    }),
  );
}

function layerNodes(layer: number): NodeProto[] {
  const own = (name: string): string => `/layers.${layer}/${name}`;
  const given = own("tanh");
  const attention = own("self_attn/Softmax_output_0");
  return [
    node("Tanh", [[layerOutput(layer - 1)], given]),
    node("Transpose", [[given], own("keys")], [integers("perm", [0, 2, 1])]),
    node("MatMul", [[given, own("keys")], own("products")]),
    node("Unsqueeze", [[own("products"), "axis"], own("scores")]),
    node("Softmax", [[own("scores")], attention]),
    node("Squeeze", [[attention, "axis"], own("attention")]),
    node("MatMul", [[own("attention"), given], own("mixed")]),
    node("MatMul", [[own("mixed"), `layers.${layer}.weight`], own("dense")]),
    node("Add", [[given, own("dense")], layerOutput(layer)]),
  ];
}

function node(
  opType: string,
  [input, output]: readonly [readonly string[], string],
  attribute: AttributeProto[] = [],
): NodeProto {
  return create(NodeProtoSchema, { opType, input: [...input], output: [output], attribute });
}

function integers(name: string, values: readonly number[]): AttributeProto {
  const type = AttributeProto_AttributeType.INTS;
  return create(AttributeProtoSchema, { name, type, ints: values.map(BigInt) });
}

function drawn(random: Random, name: string, dims: readonly number[]): TensorProto {
  const count = dims.reduce((product, length) => product * length, 1);
  const deviation = Math.sqrt(dims[0]! / count) / 2;
  return create(TensorProtoSchema, {
    name,
    dims: dims.map(BigInt),
    dataType: TensorProto_DataType.FLOAT,
    floatData: Array.from({ length: count }, () => deviation * random.normal()),
  });
}

function valueInfo(name: string, axes: readonly string[]) {
  const dim = axes.map((axis) => ({ value: { case: "dimParam" as const, value: axis } }));
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: {
        case: "tensorType",
        value: { elemType: TensorProto_DataType.FLOAT, shape: { dim } },
      },
    },
  });
}
