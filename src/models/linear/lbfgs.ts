/** A smooth function to be made small: resolves to its value at `x` and writes its gradient. */
export type Objective = (x: Float64Array, gradient: Float64Array) => Promise<number>;

export interface MinimizeOptions {
  /** Ends where no partial derivative is larger. */
  readonly tolerance: number;
  readonly maxIterations: number;
  /** Awaited before each iteration, which takes as long as the objective does; what it throws ends the walk. */
  readonly onIteration?: OnIteration | undefined;
}

/**
 * @param iteration from 0
 * @param value the objective's, where the walk stands
 */
export type OnIteration = (iteration: number, value: number) => Promise<void>;

/** A step that was taken, and how the gradient changed along it. */
interface Pair {
  readonly step: Float64Array;
  readonly change: Float64Array;
  readonly curvature: number;
}

const memory = 10; // pairs that stand for the Hessian
const sufficientDecrease = 1e-4; // of what the slope promises (Armijo)
const mostHalvings = 40;

/**
 * Walks from `start` to a minimum of the objective by limited-memory BFGS, each step halved until
 * it descends enough. Returns where it ended: within `tolerance`, after `maxIterations`, or where
 * floating point sees no descent any more.
 * @see Nocedal and Wright, Numerical Optimization, algorithms 7.4 and 3.1
 */
export async function minimize(
  objective: Objective,
  start: Float64Array,
  { tolerance, maxIterations, onIteration }: MinimizeOptions,
): Promise<Float64Array> {
  let x: Float64Array = Float64Array.from(start);
  let gradient: Float64Array = new Float64Array(x.length);
  let value = await objective(x, gradient);
  const pairs: Pair[] = [];
  for (let iteration = 0; iteration < maxIterations; iteration++) {
    await onIteration?.(iteration, value);
    if (gradient.every((slope) => Math.abs(slope) <= tolerance)) break;
    const direction = descentDirection(gradient, pairs);
    const slope = dot(gradient, direction);
    let size = pairs.length === 0 ? 1 / Math.sqrt(-slope) : 1;
    let next = plus(x, direction, size);
    const nextGradient = new Float64Array(x.length);
    let nextValue = await objective(next, nextGradient);
    for (let halving = 0; !(nextValue <= value + sufficientDecrease * size * slope); halving++) {
      if (halving === mostHalvings) return x;
      size /= 2;
      next = plus(x, direction, size);
      nextValue = await objective(next, nextGradient);
    }
    const step = plus(next, x, -1);
    const change = plus(nextGradient, gradient, -1);
    const curvature = dot(step, change);
    if (curvature > 0) pairs.push({ step, change, curvature });
    if (pairs.length > memory) pairs.shift();
    [x, gradient, value] = [next, nextGradient, nextValue];
  }
  return x;
}

/** −H·gradient, with the inverse Hessian H as the pairs have seen it: the two-loop recursion. */
function descentDirection(gradient: Float64Array, pairs: readonly Pair[]): Float64Array {
  const direction = gradient.map((slope) => -slope);
  const shares: number[] = [];
  for (const { step, change, curvature } of pairs.toReversed()) {
    const share = dot(step, direction) / curvature;
    shares.push(share);
    add(direction, change, -share);
  }
  const last = pairs.at(-1);
  if (last) {
    const scale = last.curvature / dot(last.change, last.change);
    for (let i = 0; i < direction.length; i++) direction[i]! *= scale;
  }
  for (const { step, change, curvature } of pairs) {
    add(direction, step, shares.pop()! - dot(change, direction) / curvature);
  }
  return direction;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function add(target: Float64Array, other: Float64Array, factor: number): void {
  for (let i = 0; i < target.length; i++) target[i]! += factor * other[i]!;
}

/** a + factor · b, as a new array. */
function plus(a: Float64Array, b: Float64Array, factor: number): Float64Array {
  const sum = Float64Array.from(a);
  add(sum, b, factor);
  return sum;
}
