import { create } from "@bufbuild/protobuf";
import { TensorShapeProto_DimensionSchema } from "onnx-buf";
import { encodeModel } from "./encode-model.ts";
import { decodeModel } from "./model-proto.ts";

/** An axis of an input or an output, and what to call its length. */
export interface FreeAxis {
  readonly axis: number;
  readonly name: string;
}

/**
 * Returns a model in which axes of inputs and outputs, by the tensors' names, have any length.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model
 */
export function withFreeAxes(
  bytes: Uint8Array,
  axes: Readonly<Record<string, FreeAxis>>,
): Uint8Array {
  const model = decodeModel(bytes);
  for (const { name: tensor, type } of [...model.graph.input, ...model.graph.output]) {
    const free = axes[tensor];
    if (free === undefined || type?.value.case !== "tensorType") continue;
    const dimension = { value: { case: "dimParam" as const, value: free.name } };
    type.value.value.shape!.dim[free.axis] = create(TensorShapeProto_DimensionSchema, dimension);
  }
  return encodeModel(model);
}
