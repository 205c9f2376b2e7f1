import { resolveAxes, sameShape } from "../shapes.ts";
import { integers, node, scalar, type Shape, type Tensor } from "../tensor.ts";
import { cast, divide, equal, multiply } from "./arithmetic.ts";
import { reshape } from "./layout.ts";

interface ReduceOptions {
  readonly axes: readonly number[];
  readonly keepAxes?: boolean;
}

function reducedShape(shape: Shape, axes: readonly number[]): number[] {
  return shape.map((length, axis) => (axes.includes(axis) ? 1 : length));
}

function dropAxes(x: Tensor, axes: readonly number[], keepAxes: boolean): Tensor {
  return keepAxes
    ? x
    : reshape(
        x,
        x.shape.filter((_, axis) => !axes.includes(axis)),
      );
}

/** Sum over `axes`. */
export function reduceSum(x: Tensor, { axes, keepAxes = false }: ReduceOptions): Tensor {
  const resolved = resolveAxes(x.shape, axes);
  const sum = node("ReduceSum", [x, integers(resolved)], {
    shape: reducedShape(x.shape, resolved),
    attributes: { keepdims: 1 },
    gradientRules: [(gradient) => gradient],
  });
  return dropAxes(sum, resolved, keepAxes);
}

/** Arithmetic mean over `axes`. */
export function reduceMean(x: Tensor, { axes, keepAxes = false }: ReduceOptions): Tensor {
  const resolved = resolveAxes(x.shape, axes);
  const count = resolved.reduce((product, axis) => product * x.shape[axis]!, 1);
  const mean = node("ReduceMean", [x, integers(resolved)], {
    shape: reducedShape(x.shape, resolved),
    attributes: { keepdims: 1 },
    gradientRules: [(gradient) => multiply(gradient, scalar(1 / count))],
  });
  return dropAxes(mean, resolved, keepAxes);
}

/** Sum of squares over `axes`, in one pass. */
export function reduceSumSquare(x: Tensor, { axes, keepAxes = false }: ReduceOptions): Tensor {
  const resolved = resolveAxes(x.shape, axes);
  const sum = node("ReduceSumSquare", [x, integers(resolved)], {
    shape: reducedShape(x.shape, resolved),
    attributes: { keepdims: 1 },
    gradientRules: [(gradient) => multiply(x, multiply(gradient, scalar(2)))],
  });
  return dropAxes(sum, resolved, keepAxes);
}

/** Largest value over `axes`. Where several are the largest, each gets an equal share of the gradient. */
export function reduceMax(x: Tensor, { axes, keepAxes = false }: ReduceOptions): Tensor {
  const resolved = resolveAxes(x.shape, axes);
  const maximum = node("ReduceMax", [x, integers(resolved)], {
    shape: reducedShape(x.shape, resolved),
    attributes: { keepdims: 1 },
    gradientRules: [
      (gradient, largest) => {
        const winners = cast(equal(x, largest));
        const count = reduceSum(winners, { axes: resolved, keepAxes: true });
        return multiply(winners, divide(gradient, count));
      },
    ],
  });
  return dropAxes(maximum, resolved, keepAxes);
}

/** Sums a gradient over the axes that broadcasting expanded, to `shape`. */
export function sumToShape(gradient: Tensor, shape: Shape): Tensor {
  if (sameShape(gradient.shape, shape)) return gradient;
  const offset = gradient.shape.length - shape.length;
  const axes = gradient.shape.flatMap((length, axis) => {
    const repeated = axis < offset || (shape[axis - offset] === 1 && length > 1);
    return repeated ? [axis] : [];
  });
  return reshape(
    axes.length === 0 ? gradient : reduceSum(gradient, { axes, keepAxes: true }),
    shape,
  );
}
