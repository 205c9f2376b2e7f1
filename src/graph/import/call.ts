import { UndertoneError } from "../../shared/errors.ts";
import { resolveAxis } from "../shapes.ts";
import { formatShape, type Shape, type Tensor } from "../tensor.ts";
import type { Known } from "./known.ts";
import type { OnnxNode } from "./onnx-file.ts";

/** A result of bytes that awaits their scale: the file multiplies by it in a later node. */
export interface Unscaled {
  readonly kind: "unscaled";
  readonly scaled: (scale: Known, zeroPoint?: Known) => Tensor;
}

/** What a name of the file stands for. */
export type Value = Tensor | Known | Unscaled;

/** What one node becomes: its output, or its outputs. */
export type Translator = (call: Call) => Value | readonly Value[];

export function isTensor(value: Value): value is Tensor {
  return "source" in value;
}

interface Context {
  readonly operatorSet: number;
  /** Values as a tensor of the graph: a constant, or what stands for the weight that they are. */
  readonly tensorOf: (values: Known) => Tensor;
}

/** One node of the file while it is translated: its inputs and attributes. */
export class Call {
  readonly node: OnnxNode;
  readonly inputs: readonly (Value | undefined)[];
  readonly operatorSet: number;
  readonly #tensorOf: (values: Known) => Tensor;

  constructor(node: OnnxNode, inputs: readonly (Value | undefined)[], context: Context) {
    this.node = node;
    this.inputs = inputs;
    this.operatorSet = context.operatorSet;
    this.#tensorOf = context.tensorOf;
  }

  /** All inputs, when the values of all are known. */
  get known(): readonly Known[] | undefined {
    const known = this.inputs.filter((value) => value !== undefined && isKnown(value));
    return known.length === this.inputs.length ? known : undefined;
  }

  knownAt(index: number): Known | undefined {
    const value = this.inputs[index];
    return value !== undefined && isKnown(value) ? value : undefined;
  }

  tensor(index: number): Tensor {
    const value = this.inputs[index];
    if (value === undefined) throw this.refusal(`input ${index} is missing`);
    if (isTensor(value)) return value;
    if (value.kind === "unscaled") throw this.refusal(`input ${index} is quantized`);
    return this.tensorOf(value);
  }

  tensorOf(values: Known): Tensor {
    return this.#tensorOf(values);
  }

  shape(index: number): Shape {
    return (this.knownAt(index) ?? this.tensor(index)).shape;
  }

  /** An input that must be known, as whole numbers; undefined where it is left out. */
  integers(index: number): number[] | undefined {
    const value = this.inputs[index];
    if (value === undefined) return undefined;
    if (!isTensor(value) && value.kind === "known") return [...value.values];
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

  /** Whole numbers that older operators have as an attribute, newer ones as an input. */
  listOrInput(name: string, index: number): number[] | undefined {
    return this.integerList(name) ?? this.integers(index);
  }

  /** The error for a node that cannot be imported; it tells what is known of it. */
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

function isKnown(value: Value): value is Known {
  return !isTensor(value) && value.kind === "known";
}

function describe(value: Value | undefined): string {
  if (value === undefined) return "left out";
  if (!isTensor(value) && value.kind === "unscaled") return "quantized";
  const { type, shape } = value;
  return `${isTensor(value) ? "" : "constant "}${type} ${formatShape(shape)}`;
}
