import { expect, test } from "vitest";
import { drawn, evaluate, type Fed } from "../../test/finite-differences.ts";
import { gradients } from "../graph/gradients.ts";
import { add, multiply } from "../graph/operators/arithmetic.ts";
import { convolution } from "../graph/operators/convolution.ts";
import { channelMoments } from "../graph/operators/normalization.ts";
import { maxPool } from "../graph/operators/pooling.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import { constant, elementCount, type Tensor } from "../graph/tensor.ts";
import { pooledStem, type PooledConvolution } from "./stem.ts";

/** A loss in which every output has weights of its own. */
function lossOf({ pooled, moments }: PooledConvolution): Tensor {
  const weighted = [pooled, moments.mean, moments.variance].map((tensor, index) => {
    const weights = drawn(`weights ${index}`, tensor.shape).values;
    const axes = tensor.shape.map((_, axis) => axis);
    return reduceSum(multiply(tensor, constant(weights, tensor.shape)), { axes });
  });
  return weighted.reduce((sum, term) => add(sum, term));
}

function outputsOf(stem: PooledConvolution, filters: Fed): Record<string, Tensor> {
  const [byFilters] = gradients(lossOf(stem), [filters.tensor]);
  const { pooled, moments } = stem;
  return { pooled, mean: moments.mean, variance: moments.variance, byFilters: byFilters! };
}

test("the stem is a convolution, its moments and a max pooling, with their gradients", async () => {
  const x = drawn("x", [2, 1, 8, 12], [0, 1]);
  const filters = drawn("filters", [3, 1, 3, 3]);
  const image = convolution(x.tensor, filters.tensor);
  const plain = { pooled: maxPool(image, [2, 2]), moments: channelMoments(image) };
  const expected = await evaluate(outputsOf(plain, filters), [x, filters]);
  const actual = await evaluate(outputsOf(pooledStem(x.tensor, filters.tensor), filters), [
    x,
    filters,
  ]);
  expect(actual["pooled"]).toHaveLength(elementCount([2, 3, 4, 6]));
  for (const [name, values] of Object.entries(expected)) {
    const largest = Math.max(...values.map(Math.abs));
    for (const [index, value] of values.entries()) {
      expect(Math.abs(actual[name]![index]! - value)).toBeLessThan(1e-5 * largest + 1e-6);
    }
  }
});
