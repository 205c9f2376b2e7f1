import type { z } from "zod";
import { gelu, maskedSoftmax } from "../graph/operators/activation.ts";
import { add, divide, clampBelow, multiply } from "../graph/operators/arithmetic.ts";
import { reshape, slice, transpose } from "../graph/operators/layout.ts";
import { matMul } from "../graph/operators/matrix.ts";
import { layerNormalization } from "../graph/operators/normalization.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import { scalar, type Tensor } from "../graph/tensor.ts";
import { filledWith, normal } from "./initializers.ts";
import { dense, dropout } from "./layers.ts";
import type { Network } from "./network.ts";
import { count, dropoutRate } from "./options.ts";

/** Options of the blocks. */
export const transformerOptions = {
  width: count.default(128).describe("Length of the vectors; heads must divide it"),
  blocks: count.default(2),
  heads: count.default(4),
  dropout: dropoutRate
    .default(0.1)
    .describe("Share of what each part of a block adds that is dropped in training"),
};

type TransformerOptions = z.output<z.ZodObject<typeof transformerOptions>>;

interface Sequence {
  /** [batch, length, width] */
  readonly x: Tensor;
  /** [batch, length], or [1, length] for all: 1 at what may be attended to, 0 at padding */
  readonly mask: Tensor;
}

/**
 * Learned positions, blocks of attention and a dense part, each normalized before (pre-norm), a last
 * norm, and the mean over the elements that the mask leaves: → [batch, width], 0 where it leaves none.
 * @see Vaswani et al. 2017; Xiong et al. 2020, On Layer Normalization in the Transformer Architecture
 */
export function transformer(
  network: Network,
  { x, mask }: Sequence,
  options: TransformerOptions,
): Tensor {
  const { width, blocks, heads, dropout: rate } = options;
  if (width % heads !== 0)
    throw new RangeError(`transformer: ${heads} heads do not divide a width of ${width}`);
  const length = x.shape[1]!;
  let y = add(x, network.parameter("positions", [length, width], normal(0.1)));
  const residual = (name: string, part: (input: Tensor) => Tensor): void => {
    const change = part(norm(network, `${name}.norm`, y));
    y = add(y, dropout(network, name, { x: change, rate }));
  };
  for (let block = 0; block < blocks; block++) {
    residual(`transformer.${block}.attention`, (input) =>
      attention(network, `transformer.${block}.attention`, { x: input, mask, heads }),
    );
    residual(`transformer.${block}.dense`, (input) => {
      const name = `transformer.${block}.dense`;
      const wide = gelu(dense(network, `${name}.in`, { x: input, units: 4 * width }));
      return dense(network, `${name}.out`, { x: wide, units: width });
    });
  }
  const shown = reshape(mask, [mask.shape[0]!, length, 1]);
  const sum = reduceSum(multiply(norm(network, "transformer.norm", y), shown), { axes: [1] });
  return divide(sum, clampBelow(reduceSum(shown, { axes: [1] }), 1));
}

function norm(network: Network, name: string, x: Tensor): Tensor {
  const width = x.shape.at(-1)!;
  return layerNormalization(x, {
    scale: network.parameter(`${name}.scale`, [width], filledWith(1)),
    shift: network.parameter(`${name}.shift`, [width], filledWith(0)),
  });
}

/** Each element as a mean of all, weighed in each head by how well its query fits their keys. */
function attention(
  network: Network,
  name: string,
  { x, mask, heads }: Sequence & { heads: number },
): Tensor {
  const [batch, length, width] = x.shape;
  const size = width! / heads;
  const projected = dense(network, `${name}.in`, { x, units: 3 * width! });
  const byHead = transpose(reshape(projected, [batch!, length!, 3 * heads, size]), [0, 2, 1, 3]);
  const [queries, keys, values] = [0, 1, 2].map((role) =>
    slice(byHead, { axis: 1, start: role * heads, end: (role + 1) * heads }),
  ); // [batch, heads, length, size]
  const scaled = multiply(queries!, scalar(1 / Math.sqrt(size)));
  const scores =
    network.mode === "training"
      ? matMul(scaled, keys!, { transposeB: true })
      : matMul(scaled, transpose(keys!, [0, 1, 3, 2]));
  const weights = maskedSoftmax(scores, reshape(mask, [mask.shape[0]!, 1, 1, length!]));
  const mixed = transpose(matMul(weights, values!), [0, 2, 1, 3]);
  return dense(network, `${name}.out`, {
    x: reshape(mixed, [batch!, length!, width!]),
    units: width!,
  });
}
