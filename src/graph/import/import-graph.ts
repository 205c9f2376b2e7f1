import { UndertoneError } from "../../shared/errors.ts";
import { formatShape, type Tensor } from "../tensor.ts";
import { Call, isTensor, type Value } from "./call.ts";
import { decodeTensor, constantTypeOf } from "./decode-tensor.ts";
import type { ConstantValue } from "./constant-value.ts";
import type { OnnxFile } from "./onnx-file.ts";
import { nodesBefore } from "./order.ts";
import { translators } from "./registry.ts";
import { Weights, type WeightChoice } from "./weights.ts";

export interface ImportOptions {
  /** Tensors that replace the file's inputs, by name; their shapes determine all others. */
  readonly inputs: Readonly<Record<string, Tensor>>;
  /** Names of outputs, of inner tensors or of nodes with one output. */
  readonly outputs: readonly string[];
  /**
   * Returns the tensor that replaces a float initializer; undefined keeps it constant. Called once for each that
   * the outputs depend on, with its float32 values, quantized or not. Names that start with "/" are usually the
   * exporter's own constants, such as GELU's ½.
   */
  readonly weight?: WeightChoice;
}

/**
 * Imports the part of an ONNX file that its outputs depend on, as tensors by the requested names. Shapes are static,
 * expressions of shapes and constants are folded, and quantized products become products of floats.
 * @throws UndertoneError `model-invalid` for unsupported operators and for inconsistent files
 * @throws RangeError for inputs and outputs that the file does not have or whose shapes differ
 */
export function importGraph(file: OnnxFile, options: ImportOptions): Record<string, Tensor> {
  checkInputs(file, options.inputs);
  const weights = new Weights(options.weight);
  const values = new Map<string, Value>(Object.entries(options.inputs));
  const context = {
    operatorSet: file.operatorSet,
    tensorOf: (value: Parameters<Weights["tensorOf"]>[0]) => weights.tensorOf(value),
  };
  const valueOf = (name: string): Value | undefined => {
    if (name === "") return undefined;
    const value = values.get(name) ?? initialValue(file, name, weights);
    values.set(name, value);
    return value;
  };
  const names = options.outputs.map((name) => tensorNamed(file, name));
  for (const node of nodesBefore(file, names)) {
    const call = new Call(node, node.inputs.map(valueOf), context);
    const results = translate(call);
    for (const [index, name] of node.outputs.entries()) {
      const value = results[index];
      if (value !== undefined) values.set(name, value);
    }
  }
  return Object.fromEntries(
    options.outputs.map((name, index) => {
      const value = valueOf(names[index]!)!;
      if (isTensor(value)) return [name, value];
      if (value.kind === "constant") return [name, constantOutput(name, value, weights)];
      throw new RangeError(
        `importGraph: output ${name} is quantized; ask for what it is scaled to`,
      );
    }),
  );
}

/** @throws UndertoneError `model-invalid` for values that their type cannot hold */
function constantOutput(name: string, values: ConstantValue, weights: Weights): Tensor {
  try {
    return weights.tensorOf(values);
  } catch (cause) {
    if (!(cause instanceof RangeError)) throw cause;
    throw new UndertoneError("model-invalid", `The model's output ${name}: ${cause.message}.`, {
      cause,
    });
  }
}

function checkInputs(file: OnnxFile, inputs: Readonly<Record<string, Tensor>>): void {
  for (const [name, tensor] of Object.entries(inputs)) {
    const declared = file.inputs.get(name);
    if (declared === undefined) {
      const names = [...file.inputs.keys()].join(", ");
      throw new RangeError(`importGraph: the model has no input ${name}; it has ${names}`);
    }
    const { shape, dataType } = declared;
    const fits =
      shape === undefined ||
      (shape.length === tensor.shape.length &&
        shape.every((length, axis) => length === undefined || length === tensor.shape[axis]));
    if (!fits || constantTypeOf(dataType) !== tensor.type) {
      const wanted = `${constantTypeOf(dataType) ?? "of another type"} [${shape?.map((n) => n ?? "any").join(", ") ?? "any"}]`;
      throw new RangeError(
        `importGraph: input ${name} is ${wanted}, got ${tensor.type} ${formatShape(tensor.shape)}`,
      );
    }
  }
}

/** Returns a tensor's name, given the name itself or that of the node with this single output. */
function tensorNamed(file: OnnxFile, name: string): string {
  if (file.producers.has(name) || file.initializers.has(name) || file.inputs.has(name)) return name;
  const node = file.nodes.get(name);
  if (node?.outputs.length === 1) return node.outputs[0]!;
  if (file.outputs.includes(name)) {
    throw new UndertoneError("model-invalid", `No node of the model has its output ${name}.`);
  }
  throw new RangeError(
    `importGraph: the model has no tensor ${name}; its outputs are ${file.outputs.join(", ")}`,
  );
}

/** Returns the value of a name that is no node's output. */
function initialValue(file: OnnxFile, name: string, weights: Weights): Value {
  const proto = file.initializers.get(name);
  if (proto === undefined) {
    if (file.inputs.has(name))
      throw new RangeError(`importGraph: the model's input ${name} is needed, but not given`);
    throw new UndertoneError("model-invalid", `No node of the model has its tensor ${name}.`);
  }
  const values = decodeTensor(proto);
  const [, base, part] = /^(.*)_(quantized|scale|zero_point)$/.exec(name) ?? [];
  const quantized = part !== undefined && file.initializers.has(`${base}_quantized`);
  if (values.type === "int8" || values.type === "uint8")
    return part === "zero_point" ? values : { ...values, weight: quantized ? base! : name };
  if (values.type !== "float32" || quantized) return values;
  return weights.replacementOf(name, values) ?? values;
}

function translate(call: Call): readonly Value[] {
  const { operator, domain } = call.node;
  const translator =
    domain === "" && Object.hasOwn(translators, operator) ? translators[operator] : undefined;
  if (translator === undefined) {
    throw call.refusal(
      `this operator is not supported; supported are ${Object.keys(translators).toSorted().join(", ")}`,
    );
  }
  try {
    return [translator(call)].flat();
  } catch (cause) {
    // Here the file has operands of wrong shapes, or it does not support inputs of this length.
    if (cause instanceof RangeError) throw call.refusal(cause.message, cause);
    // An input or attribute that the file leaves out is undefined.
    if (cause instanceof TypeError) throw call.refusal("an input or attribute is missing", cause);
    throw cause;
  }
}
