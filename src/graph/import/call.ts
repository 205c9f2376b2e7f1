import { UndertoneError } from "../../shared/errors.ts";
import { resolveAxis } from "../shapes.ts";
import { formatShape, type Shape, type Tensor } from "../tensor.ts";
import type { ConstantValue } from "./constant-value.ts";
import type { OnnxNode } from "./onnx-file.ts";

/** A quantized product without its scale, which the file applies in a later node. */
export interface Unscaled {
  readonly kind: "unscaled";
  readonly scaled: (scale: ConstantValue, zeroPoint?: ConstantValue) => Tensor;
}

/** The value of a name in the file. */
export type Value = Tensor | ConstantValue | Unscaled;

/** Translates one node to its output or outputs. */
export type Translator = (call: Call) => Value | readonly Value[];

export function isTensor(value: Value): value is Tensor {
  return "source" in value;
}

interface Context {
  readonly operatorSet: number;
  /** Returns a constant as a tensor of the graph, or the tensor that replaces the weight. */
  readonly tensorOf: (values: ConstantValue) => Tensor;
}

/** One node of the file during translation: its inputs and attributes. */
export class Call {
  readonly node: OnnxNode;
  readonly inputs: readonly (Value | undefined)[];
  readonly operatorSet: number;
  readonly #tensorOf: (values: ConstantValue) => Tensor;

  constructor(node: OnnxNode, inputs: readonly (Value | undefined)[], context: Context) {
    this.node = node;
    this.inputs = inputs;
    this.operatorSet = context.operatorSet;
    this.#tensorOf = context.tensorOf;
  }

  /** All inputs, if all are constants. */
  get constants(): readonly ConstantValue[] | undefined {
    const constants = this.inputs.filter((value) => value !== undefined && isConstant(value));
    return constants.length === this.inputs.length ? constants : undefined;
  }

  constantAt(index: number): ConstantValue | undefined {
    const value = this.inputs[index];
    return value !== undefined && isConstant(value) ? value : undefined;
  }

  tensor(index: number): Tensor {
    const value = this.inputs[index];
    if (value === undefined) throw this.refusal(`input ${index} is missing`);
    if (isTensor(value)) return value;
    if (value.kind === "unscaled") throw this.refusal(`input ${index} is quantized`);
    return this.tensorOf(value);
  }

  tensorOf(values: ConstantValue): Tensor {
    return this.#tensorOf(values);
  }

  shape(index: number): Shape {
    return (this.constantAt(index) ?? this.tensor(index)).shape;
  }

  /** A constant input of whole numbers, `undefined` where it is left out. */
  integers(index: number): number[] | undefined {
    const value = this.inputs[index];
    if (value === undefined) return undefined;
    if (!isTensor(value) && value.kind === "constant") return [...value.values];
    throw this.refusal(`input ${index} depends on values and not on shapes alone`);
  }

  integer(name: string, otherwise: number): number {
    const attribute = this.node.attributes.get(name);
    return attribute === undefined ? otherwise : Number(attribute.i);
  }

  float(name: string, otherwise: number): number {
    return this.node.attributes.get(name)?.f ?? otherwise;
  }

  text(name: string, otherwise: string): string {
    const attribute = this.node.attributes.get(name);
    return attribute === undefined ? otherwise : new TextDecoder().decode(attribute.s);
  }

  integerList(name: string): number[] | undefined {
    return this.node.attributes.get(name)?.ints.map(Number);
  }

  /** The attribute `axis`, counted from the start of the first input's axes. */
  axis(otherwise: number): number {
    return resolveAxis(this.shape(0), this.integer("axis", otherwise));
  }

  /** Whole numbers, an attribute of older operators and an input of newer ones. */
  listOrInput(name: string, index: number): number[] | undefined {
    return this.integerList(name) ?? this.integers(index);
  }

  /** Returns the error for a node that cannot be imported, with its name, operator and inputs. */
  refusal(reason: string, cause?: unknown): UndertoneError {
    const { operator, domain, name, outputs } = this.node;
    const inputs = this.inputs.map(describe).join(", ");
    return new UndertoneError(
      "model-invalid",
      `The model's node ${name || outputs[0] || "without a name"} (${domain === "" ? "" : `${domain}.`}${operator}, operator set ${this.operatorSet}) cannot be imported: ${reason}. Its inputs are ${inputs || "none"}.`,
      { cause },
    );
  }
}

function isConstant(value: Value): value is ConstantValue {
  return !isTensor(value) && value.kind === "constant";
}

function describe(value: Value | undefined): string {
  if (value === undefined) return "left out";
  if (!isTensor(value) && value.kind === "unscaled") return "quantized";
  const { type, shape } = value;
  return `${isTensor(value) ? "" : "constant "}${type} ${formatShape(shape)}`;
}
