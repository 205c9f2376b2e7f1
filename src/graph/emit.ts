import { create } from "@bufbuild/protobuf";
import {
  ModelProtoSchema,
  TensorProto_DataType,
  TensorProtoSchema,
  ValueInfoProtoSchema,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "onnx-buf";
import { nodeProto } from "./node-proto.ts";
import { encodeModel } from "./encode-model.ts";
import { operationsOf } from "./traverse.ts";
import type { ElementType, Operation, Tensor, TensorData } from "./tensor.ts";

const onnxTypes: Readonly<Record<ElementType, TensorProto_DataType>> = {
  float32: TensorProto_DataType.FLOAT,
  float16: TensorProto_DataType.FLOAT16,
  int64: TensorProto_DataType.INT64,
  int32: TensorProto_DataType.INT32,
  bool: TensorProto_DataType.BOOL,
};

/** The operator set of ONNX 1.16, which all releases of ONNX Runtime in the last two years support. */
const operatorSet = 21n;

interface ModelDescription {
  readonly outputs: Readonly<Record<string, Tensor>>;
  /** Values of parameters by name: these become constants of the model, the others its inputs. */
  readonly weights?: ReadonlyMap<string, Float32Array>;
  /** Makes the first axis of inputs and outputs dynamic. */
  readonly freeBatch?: boolean;
  readonly metadata?: Readonly<Record<string, string>>;
}

function tensorProto(
  name: string,
  tensor: Pick<Tensor, "shape" | "type">,
  data: TensorData,
): TensorProto {
  return create(TensorProtoSchema, {
    name,
    dims: tensor.shape.map(BigInt),
    dataType: onnxTypes[tensor.type],
    rawData: new Uint8Array(data.slice().buffer),
  });
}

function valueInfo(name: string, tensor: Tensor, freeBatch: boolean): ValueInfoProto {
  const dim = tensor.shape.map((length, axis) =>
    axis === 0 && freeBatch
      ? { value: { case: "dimParam" as const, value: "batch" } }
      : { value: { case: "dimValue" as const, value: BigInt(length) } },
  );
  return create(ValueInfoProtoSchema, {
    name,
    type: {
      value: { case: "tensorType", value: { elemType: onnxTypes[tensor.type], shape: { dim } } },
    },
  });
}

/** Collects the nodes, initializers and inputs of one ONNX graph and names its tensors. */
class Emission {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly inputs: ValueInfoProto[] = [];
  readonly #description: ModelDescription;
  readonly #names = new Map<Operation | Tensor, string>();

  constructor(description: ModelDescription) {
    this.#description = description;
  }

  add(operation: Operation): void {
    const name = `${operation.operator}_${this.nodes.length}`;
    this.#names.set(operation, name);
    this.nodes.push(
      nodeProto(operation.operator, {
        inputs: operation.inputs.map((tensor) => this.nameOf(tensor)),
        outputs: [name],
        attributes: operation.attributes,
        domain: operation.domain,
      }),
    );
  }

  nameOf(tensor: Tensor): string {
    const { source } = tensor;
    if (source.kind === "operation") return this.#names.get(source.operation)!;
    if (source.kind === "none") return "";
    const existing = this.#names.get(tensor);
    if (existing !== undefined) return existing;
    const name = source.kind === "constant" ? `constant_${this.initializers.length}` : source.name;
    this.#names.set(tensor, name);
    const weights = source.kind === "parameter" ? this.#description.weights?.get(name) : undefined;
    const data = source.kind === "constant" ? source.data : weights;
    if (data !== undefined) this.initializers.push(tensorProto(name, tensor, data));
    else {
      const free = this.#description.freeBatch === true && source.kind === "input";
      this.inputs.push(valueInfo(name, tensor, free));
    }
    return name;
  }
}

/**
 * Returns the bytes of an ONNX model of all that the outputs depend on. Inputs and parameters without given weights are
 * the model's inputs, in the order of their use.
 */
export function emitModel(description: ModelDescription): Uint8Array {
  const outputs = Object.entries(description.outputs);
  const emission = new Emission(description);
  for (const operation of operationsOf(outputs.map(([, tensor]) => tensor)))
    emission.add(operation);
  const named = outputs.map(([name, tensor]) =>
    nodeProto("Identity", { inputs: [emission.nameOf(tensor)], outputs: [name] }),
  );
  const model = create(ModelProtoSchema, {
    irVersion: 10n,
    producerName: "undertone",
    opsetImport: [...new Set(["", ...emission.nodes.map((node) => node.domain)])].map((domain) => ({
      domain,
      version: domain === "" ? operatorSet : 1n,
    })),
    metadataProps: Object.entries(description.metadata ?? {}).map(([key, value]) => ({
      key,
      value,
    })),
    graph: {
      name: "undertone",
      node: [...emission.nodes, ...named],
      initializer: emission.initializers,
      input: emission.inputs,
      output: outputs.map(([name, tensor]) =>
        valueInfo(name, tensor, description.freeBatch ?? false),
      ),
    },
  });
  return encodeModel(model);
}
