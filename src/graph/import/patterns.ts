/**
 * Exporters decompose layer norm, GELU and rotary position embeddings into elementary operators. Import fuses each of them
 * to one operator: fewer passes over the data, forward and above all backward.
 */
import { gelu } from "../operators/activation.ts";
import { add, divide, multiply } from "../operators/arithmetic.ts";
import { reshape } from "../operators/layout.ts";
import { matMul } from "../operators/matrix.ts";
import { layerNormalization } from "../operators/normalization.ts";
import { sameShape } from "../shapes.ts";
import { constant, type Shape, type Tensor } from "../tensor.ts";

function inputsOf(x: Tensor, operator: string): readonly Tensor[] | undefined {
  const { source } = x;
  return source.kind === "operation" && source.operation.operator === operator
    ? source.operation.inputs
    : undefined;
}

function isConstant(x: Tensor | undefined, value: number): boolean {
  if (x?.source.kind !== "constant" || !(x.source.data instanceof Float32Array)) return false;
  return x.source.data.every((element) => Math.abs(element - value) <= 1e-4 * Math.abs(value));
}

/** The value of a constant with a single element. */
function numberIn(x: Tensor | undefined): number | undefined {
  if (x?.source.kind !== "constant" || x.source.data.length !== 1) return undefined;
  return Number(x.source.data[0]);
}

/** x, when the tensor is 1 + erf(x / √2). */
function erfGateOf(gate: Tensor): Tensor | undefined {
  const sum = inputsOf(gate, "Add");
  const erf = sum?.find((x) => inputsOf(x, "Erf") !== undefined);
  if (erf === undefined || !sum!.some((x) => isConstant(x, 1))) return undefined;
  const [scaled] = inputsOf(erf, "Erf")!;
  const quotient = inputsOf(scaled!, "Div");
  if (quotient !== undefined) {
    return isConstant(quotient[1], Math.SQRT2) ? quotient[0] : undefined;
  }
  const product = inputsOf(scaled!, "Mul");
  return product?.some((x) => isConstant(x, Math.SQRT1_2))
    ? product.find((x) => !isConstant(x, Math.SQRT1_2))
    : undefined;
}

/** The GELU of x, when the product of the three is x · ½ · (1 + erf(x / √2)) in any order. */
function geluOf(factors: readonly Tensor[]): Tensor | undefined {
  const gate = factors.find((factor) => erfGateOf(factor) !== undefined);
  const half = factors.find((factor) => isConstant(factor, 0.5));
  const x = factors.find((factor) => factor !== gate && factor !== half);
  return gate !== undefined && half !== undefined && erfGateOf(gate) === x ? gelu(x!) : undefined;
}

/** A layer norm without its scale, or without its shift. */
function normOf(
  x: Tensor,
  inputs: number,
): { x: Tensor; scale: Tensor; epsilon: number } | undefined {
  const parts = inputsOf(x, "LayerNormalization");
  if (parts?.length !== inputs || x.source.kind !== "operation") return undefined;
  const { epsilon } = x.source.operation.attributes;
  return typeof epsilon === "object" && "float" in epsilon
    ? { x: parts[0]!, scale: parts[1]!, epsilon: epsilon.float }
    : undefined;
}

function isVectorFor(x: Tensor, vectors: Tensor): boolean {
  return x.shape.length === 1 && x.shape[0] === vectors.shape.at(-1);
}

/** a · b, fused where it completes a GELU or scales a layer norm. */
export function multiplyOrFuse(a: Tensor, b: Tensor): Tensor {
  for (const [factor, product] of [
    [a, b],
    [b, a],
  ] as const) {
    const factors = inputsOf(product, "Mul");
    const fused = factors && geluOf([factor, ...factors]);
    if (fused !== undefined) return fused;
    const norm = normOf(product, 2);
    if (norm !== undefined && isConstant(norm.scale, 1) && isVectorFor(factor, product))
      return layerNormalization(norm.x, { scale: factor, epsilon: norm.epsilon });
  }
  return multiply(a, b);
}

/** a + b, fused where b shifts a layer norm. */
export function addOrNormalize(a: Tensor, b: Tensor): Tensor {
  for (const [shift, normed] of [
    [a, b],
    [b, a],
  ] as const) {
    const norm = normOf(normed, 2);
    if (norm !== undefined && isVectorFor(shift, normed)) {
      const { x, scale, epsilon } = norm;
      return layerNormalization(x, { scale, shift, epsilon });
    }
  }
  return add(a, b);
}

/** a / b, fused where a is centered and b its standard deviation. */
export function divideOrStandardize(a: Tensor, b: Tensor): Tensor {
  const centered = inputsOf(a, "Sub");
  const variance = inputsOf(inputsOf(b, "Sqrt")?.[0] ?? b, "Add");
  const meanSquare = variance?.find((x) => inputsOf(x, "ReduceMean") !== undefined);
  const epsilon = numberIn(variance?.find((x) => x !== meanSquare));
  if (centered === undefined || meanSquare === undefined || epsilon === undefined) {
    return divide(a, b);
  }
  const [x, mean] = centered;
  const squares = inputsOf(inputsOf(meanSquare, "ReduceMean")![0]!, "Mul");
  const isMean = inputsOf(mean!, "ReduceMean")?.[0] === x && isOfVectors(mean!);
  const isSquare = squares?.[0] === a && squares[1] === a && isOfVectors(meanSquare);
  return isMean && isSquare ? layerNormalization(x!, { epsilon }) : divide(a, b);
}

/** The only element of each of a slice's bounds: start, axis and step. */
function cutOf(x: Tensor): { x: Tensor; start: number; axis: number; step: number } | undefined {
  const [whole, ...bounds] = inputsOf(x, "Slice") ?? [];
  const [start, , axis, step] = bounds.map(numberIn);
  return whole === undefined || start === undefined || axis === undefined || step === undefined
    ? undefined
    : { x: whole, start, axis, step };
}

/**
 * `stacked` in another shape, fused where it completes rotary position embeddings, which rotate pairs of elements by 90
 * degrees, (a, b) → (−b, a): a product with a fixed matrix takes a fraction of the time of its parts.
 */
export function reshapeOrTurn(stacked: Tensor, shape: Shape): Tensor {
  const parts = inputsOf(stacked, "Concat")?.map((part) => inputsOf(part, "Reshape")?.[0]);
  const [turned, even] = parts ?? [];
  const odd = turned && inputsOf(turned, "Neg")?.[0];
  const [second, first] = [odd && cutOf(odd), even && cutOf(even)];
  const last = shape.length - 1;
  const isPair =
    parts?.length === 2 &&
    stacked.shape.at(-1) === 2 &&
    first?.x === second?.x &&
    [first, second].every(
      (cut, start) => cut?.axis === last && cut.step === 2 && cut.start === start,
    );
  if (first === undefined || !isPair || !sameShape(first.x.shape, shape))
    return reshape(stacked, shape);
  const width = shape[last]!;
  const turn = new Float32Array(width * width);
  for (let pair = 0; pair < width; pair += 2) {
    turn[pair * width + pair + 1] = 1;
    turn[(pair + 1) * width + pair] = -1;
  }
  return matMul(first.x, constant(turn, [width, width]));
}

/** Whether a mean is over the last axis alone. */
function isOfVectors(mean: Tensor): boolean {
  const [x, axes] = inputsOf(mean, "ReduceMean")!;
  return numberIn(axes) === x!.shape.length - 1;
}
