import { describe, expect, test } from "vitest";
import { drawn, evaluate } from "../../test/finite-differences.ts";
import { blockSize } from "../graph/block-size.ts";
import { gradients } from "../graph/gradients.ts";
import { add, multiply } from "../graph/operators/arithmetic.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { constant, input, type Tensor } from "../graph/tensor.ts";
import { operationsOf } from "../graph/traverse.ts";
import type { Window } from "../graph/operators/pooling.ts";
import { trainedBlock } from "./trained-block.ts";

const found = await blockSize(nodeRuntime);
const block = found ?? 16;

/** A loss in which every output has weights of its own. */
function lossOf(outputs: readonly Tensor[]): Tensor {
  const weighted = outputs.map((tensor, index) => {
    const weights = constant(drawn(`weights ${index}`, tensor.shape).values, tensor.shape);
    const axes = tensor.shape.map((_, axis) => axis);
    return reduceSum(multiply(tensor, weights), { axes });
  });
  return weighted.reduce((sum, term) => add(sum, term));
}

/** Operators of the blocked domain. */
function blockedOperators(y: Tensor): string[] {
  const blocked = operationsOf([y]).filter(({ domain }) => domain.endsWith("nchwc"));
  return blocked.map(({ operator }) => operator);
}

describe.skipIf(found === undefined)("a block of a network in blocked kernels", () => {
  test.each<{ title: string; channels: number; pool: Window; isStem: boolean }>([
    { title: "inside", channels: block, pool: [2, 2], isStem: false },
    { title: "inside, that keeps frames", channels: 2 * block, pool: [2, 1], isStem: false },
    { title: "at the input", channels: 1, pool: [2, 2], isStem: true },
  ])("is the plain one, with its gradients: $title", async ({ channels, pool, isStem }) => {
    const x = drawn("x", [3, channels, 8, block]);
    const image = isStem ? input("x", x.tensor.shape) : x.tensor;
    const out = 2 * block;
    const filters = drawn("filters", [out, channels, 3, 3]);
    const [scale, shift] = [drawn("scale", [out], [0.2, 2]), drawn("shift", [out])];
    const leaves = [...(isStem ? [] : [x]), filters, scale, shift];
    const outputsOf = (size: number | undefined): Record<string, Tensor> => {
      const options = { filters: filters.tensor, scale: scale.tensor, shift: shift.tensor, pool };
      const { y, moments } = trainedBlock(image, { ...options, block: size });
      expect(blockedOperators(y).includes("Conv")).toBe(size !== undefined);
      const { mean, variance } = moments;
      const by = gradients(
        lossOf([y, mean, variance]),
        leaves.map(({ tensor }) => tensor),
      );
      const byLeaf = by.map((gradient, index) => [`by ${leaves[index]!.name}`, gradient] as const);
      return { y, mean, variance, ...Object.fromEntries(byLeaf) };
    };
    const fedLeaves = [{ ...x, tensor: image }, filters, scale, shift];
    const plain = await evaluate(outputsOf(undefined), fedLeaves);
    const blocked = await evaluate(outputsOf(block), fedLeaves);
    for (const [name, values] of Object.entries(plain)) {
      const largest = Math.max(...values.map(Math.abs));
      const errors = values.map((value, index) => Math.abs(value - blocked[name]![index]!));
      expect([name, Math.max(...errors) / largest < 1e-5]).toEqual([name, true]);
    }
  });

  test("takes the plain way where blocks do not divide its channels or columns", () => {
    const options = { scale: input("scale", [block]), shift: input("shift", [block]), block };
    const filters = input("filters", [block, block, 3, 3]);
    const image = (width: number): Tensor => input("x", [1, block, 4, width]);
    const operatorsFor = (width: number, pool: Window): string[] =>
      blockedOperators(trainedBlock(image(width), { ...options, filters, pool }).y);
    expect(operatorsFor(block, [2, 2])).not.toEqual([]);
    expect(operatorsFor(block + 2, [2, 2])).toEqual([]);
    expect(operatorsFor(block, [3, 2])).toEqual([]);
  });
});
