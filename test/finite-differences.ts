/** Running small graphs in tests, and comparing their gradients with differences of their values. */
import { emitModel } from "../src/graph/emit.ts";
import { gradients } from "../src/graph/gradients.ts";
import { multiply } from "../src/graph/operators/arithmetic.ts";
import { reduceSum } from "../src/graph/operators/reduce.ts";
import { nodeRuntime } from "../src/graph/runtime.node.ts";
import { Session, type Feeds } from "../src/graph/session.ts";
import { constant, elementCount, parameter, type Shape, type Tensor } from "../src/graph/tensor.ts";
import { Random } from "../src/shared/random.ts";

/** A tensor to feed, with its values. */
export interface Fed {
  readonly tensor: Tensor;
  readonly name: string;
  readonly values: Float32Array;
}

/** A parameter with given values. */
export function fed(name: string, shape: Shape, values: Iterable<number>): Fed {
  return { tensor: parameter(name, shape), name, values: Float32Array.from(values) };
}

/** A parameter with values drawn uniformly from a range. */
export function drawn(name: string, shape: Shape, range: readonly [number, number] = [-1, 1]): Fed {
  const random = new Random("drawn", name);
  return fed(
    name,
    shape,
    Array.from({ length: elementCount(shape) }, () => random.uniform(...range)),
  );
}

function feedsOf(leaves: readonly Fed[], session: Session): Feeds {
  const used = leaves.filter(({ name }) => session.inputNames.includes(name));
  return Object.fromEntries(
    used.map(({ name, values, tensor }) => [name, { data: values, shape: tensor.shape }]),
  );
}

/** Values of tensors, by name. */
export async function evaluate(
  outputs: Readonly<Record<string, Tensor>>,
  leaves: readonly Fed[],
): Promise<Record<string, number[]>> {
  const session = await Session.open(nodeRuntime, emitModel({ outputs }), { threads: 1 });
  const results = await session.run(feedsOf(leaves, session));
  await session.close();
  return Object.fromEntries(Object.entries(results).map(([name, values]) => [name, [...values]]));
}

/** Values of one tensor. */
export async function valuesOf(tensor: Tensor, leaves: readonly Fed[]): Promise<number[]> {
  return (await evaluate({ y: tensor }, leaves))["y"]!;
}

/** A power of two, so that adding it to a value seldom rounds. */
const step = 2 ** -6;

/**
 * The largest difference between the graph's gradients and central differences, over all elements of
 * all leaves, as a share of the largest gradient. The output is projected on random numbers to a
 * scalar; the differences are taken in float64 of outputs in float32, so that their own error
 * stays near 1e-4 for functions of moderate curvature. Infinity when anything is no number.
 * `others` are fed, but no gradient is asked for them.
 */
export async function gradientError(
  y: Tensor,
  leaves: readonly Fed[],
  others: readonly Fed[] = [],
): Promise<number> {
  const projection = drawn("projection", y.shape).values;
  const axes = y.shape.map((_, axis) => axis);
  const loss = reduceSum(multiply(y, constant(projection, y.shape)), { axes });
  const byLeaf = gradients(
    loss,
    leaves.map(({ tensor }) => tensor),
  );
  const outputs = Object.fromEntries(byLeaf.map((gradient, index) => [`g${index}`, gradient]));
  const all = [...leaves, ...others];
  const analytic = await evaluate(outputs, all);
  const session = await Session.open(nodeRuntime, emitModel({ outputs: { y } }), { threads: 1 });
  const projected = async (): Promise<number> => {
    const values = (await session.run(feedsOf(all, session)))["y"]!;
    return values.reduce((sum, value, index) => sum + value * projection[index]!, 0);
  };
  let scale = 0;
  let largest = 0;
  for (const [index, { values, tensor }] of leaves.entries()) {
    const gradient = analytic[`g${index}`]!;
    if (gradient.length !== elementCount(tensor.shape)) return Infinity;
    for (let i = 0; i < values.length; i++) {
      const value = values[i]!;
      const [above, below] = [Math.fround(value + step), Math.fround(value - step)];
      values[i] = above;
      const high = await projected();
      values[i] = below;
      const low = await projected();
      values[i] = value;
      const error = Math.abs(gradient[i]! - (high - low) / (above - below));
      if (Number.isNaN(error)) return Infinity;
      largest = Math.max(largest, error);
      scale = Math.max(scale, Math.abs(gradient[i]!));
    }
  }
  await session.close();
  return largest / scale;
}
