import { create } from "@bufbuild/protobuf";
import {
  AttributeProto_AttributeType,
  AttributeProtoSchema,
  type AttributeProto,
  type GraphProto,
} from "onnx-buf";

/** An attribute of an operator: a whole number, whole numbers, words, a float or a graph. */
export type WrittenAttribute =
  | number
  | string
  | readonly number[]
  | readonly string[]
  | { readonly float: number }
  | { readonly graph: GraphProto };

const bytes = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** Returns an attribute as an ONNX file has it. */
export function attributeProto(name: string, value: WrittenAttribute): AttributeProto {
  const { INT, FLOAT, STRING, GRAPH, INTS, STRINGS } = AttributeProto_AttributeType;
  if (typeof value === "number")
    return create(AttributeProtoSchema, { name, type: INT, i: BigInt(value) });
  if (typeof value === "string")
    return create(AttributeProtoSchema, { name, type: STRING, s: bytes(value) });
  if ("float" in value) return create(AttributeProtoSchema, { name, type: FLOAT, f: value.float });
  if ("graph" in value) return create(AttributeProtoSchema, { name, type: GRAPH, g: value.graph });
  const numbers = value.filter((each) => typeof each === "number");
  if (numbers.length > 0 || value.length === 0)
    return create(AttributeProtoSchema, { name, type: INTS, ints: numbers.map(BigInt) });
  return create(AttributeProtoSchema, {
    name,
    type: STRINGS,
    strings: value.map((text) => bytes(String(text))),
  });
}
