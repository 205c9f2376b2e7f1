/** Model files that are made to harm: each is a file of the loudness model, changed. */
import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  GraphProtoSchema,
  ModelProtoSchema,
  NodeProtoSchema,
  TensorProto_DataLocation,
  TensorProto_DataType,
  TensorProtoSchema,
  TypeProtoSchema,
  ValueInfoProtoSchema,
  type ModelProto,
} from "onnx-buf";
import { loudnessModelFile } from "../../support/loudness-model.ts";

function changed(change: (model: ModelProto) => void): Uint8Array {
  const model = fromBinary(ModelProtoSchema, loudnessModelFile());
  change(model);
  return toBinary(ModelProtoSchema, model);
}

const { FLOAT, INT64, BOOL } = TensorProto_DataType;
const typed = (name: string, elemType: number, axes?: readonly string[]) => {
  const dim = axes?.map((axis) => ({ value: { case: "dimParam" as const, value: axis } }));
  const value = { elemType, ...(dim && { shape: { dim } }) };
  return create(ValueInfoProtoSchema, {
    name,
    type: create(TypeProtoSchema, { value: { case: "tensorType", value } }),
  });
};

/** A network whose last step repeats itself for ever. */
export const endlessModel = (): Uint8Array =>
  changed(({ graph }) => {
    for (const node of graph!.node) {
      node.output = node.output.map((name) => (name === "probabilities" ? "once" : name));
    }
    graph!.initializer.push(
      create(TensorProtoSchema, {
        name: "count",
        dataType: INT64,
        rawData: new Uint8Array(BigInt64Array.of(2n ** 62n).buffer),
      }),
      create(TensorProtoSchema, { name: "go", dataType: BOOL, rawData: Uint8Array.of(1) }),
    );
    const body = create(GraphProtoSchema, {
      name: "body",
      node: [
        create(NodeProtoSchema, { opType: "Identity", input: ["on"], output: ["goes on"] }),
        create(NodeProtoSchema, { opType: "Identity", input: ["x"], output: ["y"] }),
      ],
      input: [typed("n", INT64, []), typed("on", BOOL, []), typed("x", FLOAT, ["a", "b"])],
      output: [typed("goes on", BOOL, []), typed("y", FLOAT, ["a", "b"])],
    });
    graph!.node.push(
      create(NodeProtoSchema, {
        opType: "Loop",
        input: ["count", "go", "once"],
        output: ["probabilities"],
        attribute: [
          create(AttributeProtoSchema, {
            name: "body",
            type: AttributeProto_AttributeType.GRAPH,
            g: body,
          }),
        ],
      }),
    );
  });

const withCard = (card: object): Uint8Array =>
  changed(({ metadataProps }) => {
    const entry = metadataProps.find(({ key }) => key === "undertone")!;
    entry.value = JSON.stringify({ ...JSON.parse(entry.value), ...card });
  });

/** Models that are refused when they are loaded, or when they first predict. */
export const refusedModels: Readonly<Record<string, () => Uint8Array>> = {
  "no distribution": () =>
    changed(({ graph }) => {
      for (const node of graph!.node) if (node.opType === "Softmax") node.opType = "Relu";
      for (const node of graph!.node) if (node.opType === "Relu") node.attribute = [];
    }),
  "external data": () =>
    changed(({ graph }) => {
      const [tensor] = graph!.initializer;
      if (tensor) tensor.dataLocation = TensorProto_DataLocation.EXTERNAL;
    }),
  "a rate of 2 GHz": () => withCard({ sampleRate: 2e9 }),
  "a window of a year": () => withCard({ windowSec: 3e7 }),
  "a window of nothing": () => withCard({ windowSec: 1e-9 }),
  "an FFT of 2^24": () =>
    withCard({ descriptors: { nFft: 2 ** 24, hopLength: 1, frames: 2 ** 24, rangeDb: 80 } }),
  "labels of another number": () => withCard({ labels: ["a", "b", "c"] }),
  "a card that is no JSON": () =>
    changed(({ metadataProps }) => {
      for (const entry of metadataProps) entry.value = "{".repeat(1e5);
    }),
  "half a file": () => loudnessModelFile().slice(0, 300),
  "no model": () => new Uint8Array(1000).fill(7),
};
