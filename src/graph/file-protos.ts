/** The parts of an ONNX file as all that writes one writes them. */
import { create } from "@bufbuild/protobuf";
import {
  ModelProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type GraphProto,
  type TensorProto,
  type ValueInfoProto,
} from "onnx-buf";
import { encodeModel } from "./encode-model.ts";

/** ONNX's numbers of the types of elements. */
export const elementTypes = {
  float32: TensorProto_DataType.FLOAT,
  float16: TensorProto_DataType.FLOAT16,
  int64: TensorProto_DataType.INT64,
  int32: TensorProto_DataType.INT32,
  int8: TensorProto_DataType.INT8,
  uint8: TensorProto_DataType.UINT8,
  bool: TensorProto_DataType.BOOL,
} as const;

/** Returns an input or an output. An axis with a name has any length; a tensor without a shape is of any. */
export function valueInfo(
  name: string,
  type: keyof typeof elementTypes = "float32",
  shape?: readonly (number | string)[],
): ValueInfoProto {
  const dim = shape?.map((length) => ({
    value:
      typeof length === "string"
        ? { case: "dimParam" as const, value: length }
        : { case: "dimValue" as const, value: BigInt(length) },
  }));
  const value = { elemType: elementTypes[type], ...(dim && { shape: { dim } }) };
  return create(ValueInfoProtoSchema, { name, type: { value: { case: "tensorType", value } } });
}

interface TensorContent {
  readonly type: keyof typeof elementTypes;
  readonly shape: readonly number[];
  /** Of its elements, little-endian. */
  readonly bytes: Uint8Array<ArrayBuffer>;
}

/** Returns a constant. */
export function tensorProto(name: string, { type, shape, bytes }: TensorContent): TensorProto {
  const dims = shape.map(BigInt);
  return create(TensorProtoSchema, { name, dims, dataType: elementTypes[type], rawData: bytes });
}

/** Returns a graph and those inside of its operators. */
export function graphsIn(graph: GraphProto): GraphProto[] {
  const inner = graph.node.flatMap(({ attribute }) => attribute.flatMap(({ g }) => g ?? []));
  return [graph, ...inner.flatMap(graphsIn)];
}

interface ModelContent {
  /** Versions of the sets of operators, by their domains. */
  readonly operatorSets: Readonly<Record<string, bigint>>;
  readonly metadata?: Readonly<Record<string, string>> | undefined;
}

/** Returns the bytes of a model. */
export function modelFile(
  graph: GraphProto,
  { operatorSets, metadata = {} }: ModelContent,
): Uint8Array {
  const model = create(ModelProtoSchema, {
    irVersion: 10n,
    producerName: "undertone",
    opsetImport: Object.entries(operatorSets).map(([domain, version]) => ({ domain, version })),
    metadataProps: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    graph,
  });
  return encodeModel(model);
}
