import { fromBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema, type ModelProto } from "onnx-buf";
import { UndertoneError } from "../shared/errors.ts";

/**
 * Parses an ONNX file.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model
 */
export function decodeModel(bytes: Uint8Array): ModelProto {
  try {
    return fromBinary(ModelProtoSchema, bytes);
  } catch (cause) {
    throw new UndertoneError(
      "model-invalid",
      "This file is not an ONNX model, or it is truncated.",
      { cause },
    );
  }
}
