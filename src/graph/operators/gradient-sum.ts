import { sameShape } from "../shapes.ts";
import type { Tensor } from "../tensor.ts";
import { add } from "./arithmetic.ts";
import { concatenate, pad } from "./layout.ts";
import { matMul } from "./matrix.ts";

/**
 * Sum of a tensor's gradients by each of its uses. An unrolled network uses the same tensors at each of
 * its steps, and two patterns are then summed at once: slices, whose gradients are pieces among zeros, are
 * laid side by side; and products AᵀB, a matrix's gradients, become one product of the stacked operands.
 */
export function sumOfGradients(gradients: readonly Tensor[]): Tensor {
  return joinProducts(joinPieces(gradients)).reduce((sum, gradient) => add(sum, gradient));
}

/** A tensor that is zero outside `start` to `end` along one axis. */
interface Piece {
  readonly content: Tensor;
  readonly axis: number;
  readonly start: number;
  readonly end: number;
  readonly length: number;
}

function pieceOf(x: Tensor): Piece | undefined {
  if (x.source.kind !== "operation" || x.source.operation.operator !== "Pad") return undefined;
  const content = x.source.operation.inputs[0]!;
  const axis = x.shape.findIndex((length, index) => length !== content.shape[index]);
  const pads = x.source.operation.inputs[1]!.source;
  if (pads.kind !== "constant") return undefined;
  const start = Number(pads.data[axis]);
  return { content, axis, start, end: start + content.shape[axis]!, length: x.shape[axis]! };
}

function joinPieces(gradients: readonly Tensor[]): Tensor[] {
  const whole: Tensor[] = [];
  const pieces: Piece[] = [];
  for (const gradient of gradients) {
    const piece = pieceOf(gradient);
    if (piece === undefined) whole.push(gradient);
    else pieces.push(piece);
  }
  const runs: Piece[][] = [];
  for (const piece of pieces.toSorted((a, b) => a.axis - b.axis || a.start - b.start)) {
    const run = runs.find((before) => {
      const last = before.at(-1)!;
      return last.axis === piece.axis && last.end === piece.start;
    });
    if (run === undefined) runs.push([piece]);
    else run.push(piece);
  }
  return [...whole, ...runs.map(joinRun)];
}

function joinRun(run: readonly Piece[]): Tensor {
  const [{ axis, start, length }, { end }] = [run[0]!, run.at(-1)!];
  const joined = concatenate(
    run.map(({ content }) => content),
    axis,
  );
  return pad(joined, { axis, before: start, after: length - end });
}

/** The operands of AᵀB, each [..batch, rows, columns] with the same batch. */
interface Product {
  readonly a: Tensor;
  readonly b: Tensor;
}

function productOf(x: Tensor): Product | undefined {
  if (x.source.kind !== "operation") return undefined;
  const { operator, attributes, inputs } = x.source.operation;
  const transposed = attributes["transA"] === 1 && attributes["transB"] === 0;
  if (operator !== "FusedMatMul" || !transposed) return undefined;
  const [a, b] = [inputs[0]!, inputs[1]!];
  return sameShape(a.shape.slice(0, -2), b.shape.slice(0, -2)) ? { a, b } : undefined;
}

function joinProducts(gradients: readonly Tensor[]): Tensor[] {
  const products = gradients.flatMap((gradient) => productOf(gradient) ?? []);
  if (products.length < 2) return [...gradients];
  const others = gradients.filter((gradient) => productOf(gradient) === undefined);
  const stacked = (operand: (product: Product) => Tensor): Tensor => {
    const tensors = products.map(operand);
    return concatenate(tensors, tensors[0]!.shape.length - 2);
  };
  return [
    ...others,
    matMul(
      stacked(({ a }) => a),
      stacked(({ b }) => b),
      { transposeA: true },
    ),
  ];
}
