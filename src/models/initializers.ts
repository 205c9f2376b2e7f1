import { elementCount } from "../graph/tensor.ts";
import type { Initializer } from "./network.ts";

/**
 * Uniform within ± 1 / √fanIn, where fanIn counts the inputs of one output unit: all axes of the
 * shape but the first. PyTorch's default for convolutions and dense layers, also for their biases.
 */
export function fanInUniform(fanIn?: number): Initializer {
  return (random, shape) => {
    const bound = 1 / Math.sqrt(fanIn ?? elementCount(shape) / shape[0]!);
    return Float32Array.from({ length: elementCount(shape) }, () => random.uniform(-bound, bound));
  };
}

/** Normal about 0. */
export function normal(deviation: number): Initializer {
  return (random, shape) =>
    Float32Array.from({ length: elementCount(shape) }, () => random.normal() * deviation);
}

/** Normal with deviation √(2 / fanIn), which keeps the size of activations through ReLU. @see He et al. 2015 */
export const heNormal: Initializer = (random, shape) => {
  return normal(Math.sqrt((2 * shape[0]!) / elementCount(shape)))(random, shape);
};

/** The same value everywhere. */
export function filledWith(value: number): Initializer {
  return (_, shape) => new Float32Array(elementCount(shape)).fill(value);
}
