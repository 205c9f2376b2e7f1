import { create, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, TensorProto_DataType, TensorProtoSchema } from "onnx-buf";
import { decodeModel } from "./model-proto.ts";

/**
 * Returns a model of ONNX's operator set 13 to 17 as one of 18 and later, in which `ReduceMean` and `ReduceMax` take their axes
 * as an input. The other operators of speech encoders did not change.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model
 * @see https://onnx.ai/onnx/operators/onnx__ReduceMean.html
 */
export function upgradeReductions(bytes: Uint8Array): Uint8Array {
  const model = decodeModel(bytes);
  const { node: nodes, initializer } = model.graph;
  for (const node of nodes) {
    const axes = node.attribute.find(({ name }) => name === "axes");
    if (!axes || !["ReduceMean", "ReduceMax"].includes(node.opType)) continue;
    const name = `${node.name}.axes`;
    node.input.push(name);
    node.attribute = node.attribute.filter((attribute) => attribute !== axes);
    initializer.push(
      create(TensorProtoSchema, {
        name,
        dims: [BigInt(axes.ints.length)],
        dataType: TensorProto_DataType.INT64,
        int64Data: axes.ints,
      }),
    );
  }
  return toBinary(ModelProtoSchema, model);
}
