import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, type GraphProto, type ModelProto } from "onnx-buf";
import { notOnnx, withoutGraph } from "./onnx-errors.ts";

/**
 * Parses an ONNX file.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model with a graph
 */
export function decodeModel(bytes: Uint8Array): ModelProto & { graph: GraphProto } {
  const model = parse(bytes);
  const { graph } = model;
  if (graph === undefined) throw withoutGraph();
  return Object.assign(model, { graph });
}

function parse(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    throw notOnnx(cause);
  }
}
