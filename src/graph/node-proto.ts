import { create } from "@bufbuild/protobuf";
import { NodeProtoSchema, type NodeProto } from "onnx-buf";
import { attributeProto, type WrittenAttribute } from "./attribute-proto.ts";

interface WrittenNode {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, WrittenAttribute>>;
  /** ONNX's own operators by default. */
  readonly domain?: string;
}

/** Returns an operator as an ONNX file has it, named after its first output. */
export function nodeProto(
  opType: string,
  { inputs, outputs, attributes = {}, domain = "" }: WrittenNode,
): NodeProto {
  return create(NodeProtoSchema, {
    name: outputs[0]!,
    opType,
    domain,
    input: [...inputs],
    output: [...outputs],
    attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
  });
}
