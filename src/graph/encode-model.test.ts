import { create, fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, TensorProto_DataType } from "onnx-buf";
import { expect, test } from "vitest";
import { encodeModel } from "./encode-model.ts";

const { FLOAT, UINT8 } = TensorProto_DataType;

const weights = (length: number) => ({
  name: `weights.${length}`,
  dims: [BigInt(length)],
  dataType: UINT8,
  rawData: Uint8Array.from({ length }, (_, n) => n),
});

test("a model is what it was, and as long as the library's own writer makes it", () => {
  const model = create(ModelProtoSchema, {
    irVersion: 10n,
    opsetImport: [{ domain: "", version: 17n }],
    metadataProps: [{ key: "card", value: "{}" }],
    graph: {
      name: "graph",
      node: [
        {
          opType: "If",
          attribute: [{ name: "else_branch", g: { name: "else", initializer: [weights(3)] } }],
        },
      ],
      initializer: [
        weights(1000),
        weights(0),
        { name: "floats", dims: [2n], dataType: FLOAT, floatData: [1, 2] },
      ],
    },
  });
  const bytes = encodeModel(model);
  expect(fromBinary(ModelProtoSchema, bytes)).toEqual(model);
  expect(bytes).toHaveLength(toBinary(ModelProtoSchema, model).length);
});
