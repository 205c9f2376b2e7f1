/** What an element of a tensor can be. */
export type ElementType = "float32" | "float16" | "int64" | "int32" | "bool";

export type Shape = readonly number[];

/** Values of a tensor, row-major; their array says its type: 16 bits are half precision, bytes are booleans. */
export type TensorData = Float32Array | Uint16Array | BigInt64Array | Int32Array | Uint8Array;

export type Attribute = number | string | readonly number[] | { readonly float: number };

/**
 * A symbolic tensor with a static shape: an input, a parameter, a constant or the output of an
 * operation. Tensors refer to what made them, so that a graph is whatever its outputs reach.
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
  | { readonly kind: "operation"; readonly operation: Operation };

/**
 * Gradient of the loss by one input of an operation, given the gradient by its output. It may be
 * left unexpanded: any shape that broadcasts to the input's.
 */
export type GradientRule = (gradient: Tensor, output: Tensor) => Tensor;

/** One ONNX node; an input without a gradient rule passes no gradient on. */
export interface Operation {
  readonly operator: string;
  readonly domain: string;
  readonly inputs: readonly Tensor[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly gradientRules: readonly (GradientRule | undefined)[];
}

/** A tensor that is fed at every run; its name is the feed's. */
export function input(name: string, shape: Shape, type: ElementType = "float32"): Tensor {
  return { shape, type, source: { kind: "input", name } };
}

/** A tensor that training changes: fed while training, a constant in an exported model. */
export function parameter(name: string, shape: Shape): Tensor {
  return { shape, type: "float32", source: { kind: "parameter", name } };
}

/** A fixed tensor of float32 values, row-major. */
export function constant(values: Float32Array | readonly number[], shape: Shape): Tensor {
  const data = values instanceof Float32Array ? values : Float32Array.from(values);
  if (data.length !== elementCount(shape)) {
    throw new RangeError(
      `constant: shape ${formatShape(shape)} needs ${elementCount(shape)} values, got ${data.length}`,
    );
  }
  return { shape, type: "float32", source: { kind: "constant", data } };
}

/** A single float32 value that broadcasts against any shape. */
export function scalar(value: number): Tensor {
  return constant([value], []);
}

/** A vector of int64, as operators take shapes, axes and indices. */
export function integers(values: readonly number[]): Tensor {
  const data = BigInt64Array.from(values, BigInt);
  return { shape: [values.length], type: "int64", source: { kind: "constant", data } };
}

/** Stands for an optional input of an operator that is left out. */
export const noInput: Tensor = { shape: [], type: "float32", source: { kind: "none" } };

/** Number of elements of a tensor of this shape. */
export function elementCount(shape: Shape): number {
  return shape.reduce((product, length) => product * length, 1);
}

/** A shape as error messages print it: `[32, 8]`. */
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

/** Adds one ONNX node with a single output of the given shape; every operator is built from this. */
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

/** The error for operands that do not fit; the stack trace leads to the line that built them. */
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
