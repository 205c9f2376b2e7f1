/** Element types of a tensor. */
export type ElementType = "float32" | "float16" | "int64" | "int32" | "bool";

export type Shape = readonly number[];

/** Values of a tensor, row-major, by element type: `Uint16Array` is float16, `Uint8Array` is bool. */
export type TensorData = Float32Array | Uint16Array | BigInt64Array | Int32Array | Uint8Array;

export type Attribute =
  | number
  | string
  | readonly number[]
  | { readonly float: number }
  | { readonly graph: Subgraph };

/** A graph that an operation runs, which takes tensors of its own inputs alone. */
export interface Subgraph {
  readonly inputs: readonly Tensor[];
  readonly outputs: readonly Tensor[];
}

/**
 * A symbolic tensor with a static shape: an input, a parameter, a constant or the output of an
 * operation. Tensors refer to their sources, so that a graph consists of all that its outputs reach.
 */
export interface Tensor {
  readonly shape: Shape;
  readonly type: ElementType;
  readonly source: Source;
}

export type Source =
  | { readonly kind: "input"; readonly name: string }
  | { readonly kind: "parameter"; readonly name: string }
  | { readonly kind: "none" }
  | { readonly kind: "constant"; readonly data: TensorData }
  | {
      readonly kind: "operation";
      readonly operation: Operation;
      /** Which of the operation's outputs, the first by default. */
      readonly output?: number;
    };

/**
 * Returns the gradient of the loss with respect to one input of an operation, given the gradient with respect to its
 * output, in any shape that broadcasts to the input's.
 */
export type GradientRule = (gradient: Tensor, output: Tensor) => Tensor;

/** One ONNX node; an input without a gradient rule gets no gradient. */
export interface Operation {
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly Tensor[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** 1 by default. */
  readonly outputCount?: number;
  readonly gradientRules: readonly (GradientRule | undefined)[];
  /** What the gradient rules are for, where that is not the inputs. */
  readonly gradientInputs?: readonly Tensor[];
}

/**
 * Returns a tensor that is fed at every run, under its name.
 * @example
 * ```ts
 * import { input } from "undertone/train";
 *
 * const shape = input("spectrogram", [32, 1, 64, 128]).shape; // → [32, 1, 64, 128]
 * ```
 */
export function input(name: string, shape: Shape, type: ElementType = "float32"): Tensor {
  return { shape, type, source: { kind: "input", name } };
}

/** Returns a trainable tensor: fed during training, a constant in an exported model. */
export function parameter(name: string, shape: Shape): Tensor {
  return { shape, type: "float32", source: { kind: "parameter", name } };
}

/** Returns a fixed tensor of float32 values, row-major. @throws RangeError when they do not fill the shape */
export function constant(values: Float32Array | readonly number[], shape: Shape): Tensor {
  const data = values instanceof Float32Array ? values : Float32Array.from(values);
  if (data.length !== elementCount(shape)) {
    throw new RangeError(
      `constant: shape ${formatShape(shape)} needs ${elementCount(shape)} values, got ${data.length}`,
    );
  }
  return { shape, type: "float32", source: { kind: "constant", data } };
}

/** Returns a float32 tensor of rank 0, which broadcasts against any shape. */
export function scalar(value: number): Tensor {
  return constant([value], []);
}

/** Returns a vector of int64: the shapes, axes and indices of operators. */
export function integers(values: readonly number[]): Tensor {
  const data = BigInt64Array.from(values, BigInt);
  return { shape: [values.length], type: "int64", source: { kind: "constant", data } };
}

/** An omitted optional input of an operator. */
export const noInput: Tensor = { shape: [], type: "float32", source: { kind: "none" } };

/** Returns the number of elements of a tensor of this shape. */
export function elementCount(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** Formats a shape for error messages: `[32, 8]`. */
export function formatShape(shape: Shape): string {
  return `[${shape.join(", ")}]`;
}

interface NodeDescription {
  readonly shape: Shape;
  readonly type?: ElementType;
  readonly attributes?: Readonly<Record<string, Attribute>>;
  readonly domain?: string;
  readonly gradientRules?: readonly (GradientRule | undefined)[];
}

/** Returns the output, of the given shape, of one ONNX node; every operator is built from this. */
export function node(
  operator: string,
  inputs: readonly Tensor[],
  description: NodeDescription,
): Tensor {
  const { shape, type = "float32", attributes = {}, domain = "", gradientRules = [] } = description;
  for (const length of shape) {
    if (!Number.isInteger(length) || length < 1) throw shapeError(operator, inputs);
  }
  const operation: Operation = { operator, domain, inputs, attributes, gradientRules };
  return { shape, type, source: { kind: "operation", operation } };
}

interface NodesDescription {
  readonly outputs: readonly Pick<Tensor, "shape" | "type">[];
  readonly attributes?: Readonly<Record<string, Attribute>>;
}

/** Returns the outputs of one ONNX node that has several, through which no gradient flows. */
export function nodes(
  operator: string,
  inputs: readonly Tensor[],
  { outputs, attributes = {} }: NodesDescription,
): Tensor[] {
  const outputCount = outputs.length;
  const operation = { operator, domain: "", inputs, attributes, outputCount, gradientRules: [] };
  return outputs.map((tensor, output) => ({
    ...tensor,
    source: { kind: "operation", operation, output },
  }));
}

/**
 * Returns a tensor of the same value whose gradient by tensors that it depends on is given, in place of that through its
 * operations.
 */
export function withGradient(
  value: Tensor,
  by: readonly Tensor[],
  gradientRules: readonly GradientRule[],
): Tensor {
  const operation: Operation = {
    operator: "Identity",
    domain: "",
    inputs: [value],
    attributes: {},
    gradientRules,
    gradientInputs: by,
  };
  return { ...value, source: { kind: "operation", operation } };
}

/** Returns the error for operands of incompatible shapes; its stack trace leads to the line that built them. */
export function shapeError(
  operator: string,
  inputs: readonly Tensor[],
  expected?: string,
): RangeError {
  const shapes = inputs.map((tensor) => formatShape(tensor.shape)).join(" and ");
  return new RangeError(
    `${operator}: shapes ${shapes} do not fit${expected === undefined ? "" : `: ${expected}`}`,
  );
}
