import {
  add,
  clampBelow,
  divide,
  multiply,
  sqrt,
  subtract,
} from "../graph/operators/arithmetic.ts";
import { concatenate, reshape, slice, transpose } from "../graph/operators/layout.ts";
import { matMul } from "../graph/operators/matrix.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import { constant, scalar, type Tensor } from "../graph/tensor.ts";

/** How many frames apart change is measured. */
const steps = [1, 4, 10] as const;

const least = scalar(1e-6);

/**
 * Functionals of each row over the frames where `mask` [batch, 1, frames] is 1: mean, slope and curvature over time, deviation,
 * and the deviations of the change between frames 1, 4 and 10 apart: [batch, rows, frames] → [batch, 7 · rows]. Without such
 * frames the first three are 0.
 */
export function functionals(rows: Tensor, mask: Tensor): Tensor {
  const [batch, count] = rows.shape;
  const course = matMul(rows, transpose(timeBasis(mask), [0, 2, 1])); // [batch, rows, 3]
  const changes = steps.map((apart) => deviation(...changeOver(rows, mask, apart)));
  return concatenate([reshape(course, [batch!, 3 * count!]), deviation(rows, mask), ...changes], 1);
}

/** Polynomials of degree 0 to 2 in time, orthogonal over the frames of the mask, times each frame's share: [batch, 3, frames]. */
function timeBasis(mask: Tensor): Tensor {
  const frames = mask.shape[2]!;
  const share = shareOf(mask);
  const time = constant(
    Float32Array.from({ length: frames }, (_, t) => t / frames),
    [1, 1, frames],
  );
  const centered = subtract(time, over(share, time));
  const variance = over(share, multiply(centered, centered));
  const z = divide(centered, sqrt(add(variance, least)));
  const curve = subtract(multiply(z, z), over(share, multiply(z, z)));
  return concatenate([share, multiply(share, z), multiply(share, curve)], 1);
}

/** Mean of each row over the frames of the mask: [batch, rows, frames] → [batch, rows, 1]. */
export const meanWithin = (mask: Tensor, x: Tensor): Tensor => over(shareOf(mask), x);

const shareOf = (mask: Tensor): Tensor =>
  divide(mask, clampBelow(reduceSum(mask, { axes: [2], keepAxes: true }), 1));

/** The mean over time by the shares of the frames: [batch, rows, 1]. */
const over = (share: Tensor, x: Tensor): Tensor =>
  reduceSum(multiply(share, x), { axes: [2], keepAxes: true });

/** [batch, rows, frames] → [batch, rows] */
function deviation(x: Tensor, mask: Tensor): Tensor {
  const share = shareOf(mask);
  const centered = subtract(x, over(share, x));
  const variance = reduceSum(multiply(share, multiply(centered, centered)), { axes: [2] });
  return sqrt(add(variance, least));
}

/** The change from each frame to that so many later, and where both are in the mask. */
function changeOver(rows: Tensor, mask: Tensor, apart: number): [change: Tensor, mask: Tensor] {
  const frames = rows.shape[2]!;
  const early = (x: Tensor): Tensor => slice(x, { axis: 2, start: 0, end: frames - apart });
  const late = (x: Tensor): Tensor => slice(x, { axis: 2, start: apart, end: frames });
  return [subtract(late(rows), early(rows)), multiply(late(mask), early(mask))];
}
