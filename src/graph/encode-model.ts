import { clearField, create, isFieldSet, toBinary, type DescField } from "@bufbuild/protobuf";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";
import { GraphProtoSchema, ModelProtoSchema, TensorProtoSchema, type ModelProto } from "onnx-buf";

const { initializer } = GraphProtoSchema.field;
const { rawData } = TensorProtoSchema.field;

/** Serializes an ONNX model with its weights copied once; the library's own writer copies them at every level. */
export function encodeModel({
  graph = create(GraphProtoSchema),
  ...model
}: ModelProto): Uint8Array<ArrayBuffer> {
  const tensors = graph.initializer.flatMap((tensor) => {
    const rest = { ...tensor };
    clearField(rest, rawData);
    return field(initializer, [
      toBinary(TensorProtoSchema, rest),
      ...(isFieldSet(tensor, rawData) ? field(rawData, [tensor.rawData]) : []),
    ]);
  });
  const rest = toBinary(GraphProtoSchema, { ...graph, initializer: [] });
  const chunks = [
    toBinary(ModelProtoSchema, model),
    ...field(ModelProtoSchema.field.graph, [rest, ...tensors]),
  ];
  const bytes = new Uint8Array(totalLength(chunks));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return bytes;
}

/** Returns a field whose content is chunks of bytes, behind its number and length. */
function field({ number }: DescField, content: readonly Uint8Array[]): Uint8Array[] {
  const head = new BinaryWriter().tag(number, WireType.LengthDelimited);
  return [head.uint32(totalLength(content)).finish(), ...content];
}

function totalLength(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.length, 0);
}
