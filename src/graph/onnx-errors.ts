import { UndertoneError } from "../shared/errors.ts";

/** What is wrong with bytes that cannot be parsed as an ONNX model. */
export const notOnnx = (cause: unknown): UndertoneError =>
  new UndertoneError("model-invalid", "This file is not an ONNX model, or it is truncated.", {
    cause,
  });

/** What is wrong with an ONNX model that computes nothing. */
export const withoutGraph = (): UndertoneError =>
  new UndertoneError("model-invalid", "This ONNX file has no graph.");
