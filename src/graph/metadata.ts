import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { notOnnx, withoutGraph } from "./onnx-errors.ts";

/** Numbers of the fields of ONNX's ModelProto and StringStringEntryProto. */
const fields = { graph: 7, metadata: 14, key: 1, value: 2 } as const;

/**
 * Returns the metadata of an ONNX model; the rest of it is passed over.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model
 * @see https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
 */
export function readMetadata(model: Uint8Array): Record<string, string> {
  const entries: [string, string][] = [];
  let hasGraph = false;
  try {
    readFields(new BinaryReader(model), (reader, field) => {
      if (field === fields.graph) hasGraph = true;
      if (field !== fields.metadata) return false;
      entries.push(readEntry(reader.bytes()));
      return true;
    });
  } catch (cause) {
    throw notOnnx(cause);
  }
  if (!hasGraph) throw withoutGraph();
  return Object.fromEntries(entries);
}

function readEntry(bytes: Uint8Array): [string, string] {
  const texts = new Map<number, string>();
  readFields(new BinaryReader(bytes), (reader, field) => {
    if (field !== fields.key && field !== fields.value) return false;
    texts.set(field, reader.string());
    return true;
  });
  return [texts.get(fields.key) ?? "", texts.get(fields.value) ?? ""];
}

/** Calls back for each field that has a length, and passes over it where that returns false. */
function readFields(
  reader: BinaryReader,
  take: (reader: BinaryReader, field: number) => boolean,
): void {
  while (reader.pos < reader.len) {
    const [field, type] = reader.tag();
    if (type !== WireType.LengthDelimited || !take(reader, field)) reader.skip(type, field);
  }
  if (reader.pos > reader.len) throw new RangeError("the last field ends behind the file");
}
