/** Blocked operators against the plain ones, in blocks as long as this machine's. */
import { describe, expect, test } from "vitest";
import {
  drawn,
  evaluate,
  fed,
  gradientError,
  type Fed,
} from "../../../../test/finite-differences.ts";
import { blockSize } from "../../block-size.ts";
import { gradients } from "../../gradients.ts";
import { nodeRuntime } from "../../runtime.node.ts";
import { constant, type Tensor } from "../../tensor.ts";
import { multiply } from "../arithmetic.ts";
import { convolution } from "../convolution.ts";
import { maxPool } from "../pooling.ts";
import { reduceSum } from "../reduce.ts";
import { blockedConvolution } from "./convolution.ts";
import { toBlocked, toPlain } from "./layout.ts";
import { blockedMaxPool } from "./pooling.ts";

const found = await blockSize(nodeRuntime);
const block = found ?? 16;

/** A tensor, and the gradients by leaves of its product with random numbers. */
function withGradients(y: Tensor, leaves: readonly Fed[]): Record<string, Tensor> {
  const weights = constant(drawn("weights", y.shape).values, y.shape);
  const loss = reduceSum(multiply(y, weights), { axes: y.shape.map((_, axis) => axis) });
  const byLeaf = gradients(
    loss,
    leaves.map(({ tensor }) => tensor),
  );
  return { y, ...Object.fromEntries(byLeaf.map((by, i) => [`by ${leaves[i]!.name}`, by])) };
}

/** The largest difference between two tensors or their gradients, as a share of the largest value. */
async function difference(a: Tensor, b: Tensor, leaves: readonly Fed[]): Promise<number> {
  const [ours, theirs] = [
    await evaluate(withGradients(a, leaves), leaves),
    await evaluate(withGradients(b, leaves), leaves),
  ];
  return Math.max(
    ...Object.entries(theirs).map(([name, values]) => {
      const largest = Math.max(...values.map(Math.abs));
      return Math.max(...values.map((value, i) => Math.abs(value - ours[name]![i]!))) / largest;
    }),
  );
}

describe.skipIf(found === undefined)("in blocks", () => {
  test("an image there and back is itself, without an operator", () => {
    const x = drawn("x", [2, block, 3, 4]).tensor;
    expect(toPlain(toBlocked(x))).toBe(x);
    expect(toBlocked(toPlain(x))).toBe(x);
  });

  test.each([
    { title: "a large image", height: 16, channels: 1, out: 2 },
    { title: "a small image", height: 4, channels: 2, out: 1 },
    { title: "five blocks", height: 3, channels: 1, out: 5 },
  ])("convolution of $title, and its gradients", async ({ height, channels, out }) => {
    const x = drawn("x", [3, channels * block, height, 2 * block]);
    const filters = drawn("filters", [out * block, channels * block, 3, 3]);
    const plain = convolution(x.tensor, filters.tensor);
    const blocked = toPlain(blockedConvolution(toBlocked(x.tensor), filters.tensor, block));
    expect(blocked.shape).toEqual(plain.shape);
    expect(await difference(blocked, plain, [x, filters])).toBeLessThan(3e-6);
  });

  test("gradients of a convolution agree with differences", async () => {
    const x = drawn("x", [1, block, 2, block]);
    const filters = drawn("filters", [block, block, 3, 3]);
    const y = toPlain(blockedConvolution(toBlocked(x.tensor), filters.tensor, block));
    expect(await gradientError(y, [x, filters])).toBeLessThan(1e-3);
  });

  test.each([[[2, 2]], [[4, 1]], [[1, 3]]] as const)(
    "largest values of windows of %j, and their gradients, shared where several are largest",
    async (window) => {
      const shape = [2, 2 * block, 4, 6];
      const count = 2 * 2 * block * 4 * 6;
      const x = fed(
        "x",
        shape,
        Array.from({ length: count }, (_, i) => (i * 7) % 5),
      );
      const blocked = toPlain(blockedMaxPool(toBlocked(x.tensor), window, block));
      expect(await difference(blocked, maxPool(x.tensor, window), [x])).toBe(0);
    },
  );
});
