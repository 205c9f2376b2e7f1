import { constant, node, scalar, withGradient, type Tensor } from "../../tensor.ts";
import { multiply } from "../arithmetic.ts";
import { step } from "../elementary.ts";
import { concatenate, reshape, slice } from "../layout.ts";
import { matMul } from "../matrix.ts";
import { reduceMean, reduceSum } from "../reduce.ts";
import { blockedDomain } from "./layout.ts";

interface ScaleOptions {
  /** [channels] each. */
  readonly gain: Tensor;
  readonly bias: Tensor;
  readonly block: number;
  /** Negative results become 0. */
  readonly isRectified?: boolean;
}

/** x · gain + bias by channel, in one pass over a blocked image. */
export function scaleChannels(x: Tensor, options: ScaleOptions): Tensor {
  const { gain, bias, block, isRectified = false } = options;
  const channels = x.shape[1]!;
  const passed = (gradient: Tensor, y: Tensor): Tensor =>
    isRectified ? multiply(gradient, step(y)) : gradient;
  const zeros = constant(new Float32Array(channels), [channels]);
  return node("Conv", [x, reshape(gain, [channels, 1, 1, 1]), bias], {
    domain: blockedDomain,
    shape: x.shape,
    attributes: {
      kernel_shape: [1, 1],
      pads: [0, 0, 0, 0],
      strides: [1, 1],
      group: channels,
      ...(isRectified ? { activation: "Relu" } : {}),
    },
    gradientRules: [
      (gradient, y) => scaleChannels(passed(gradient, y), { gain, bias: zeros, block }),
      (gradient, y) => reshape(channelProducts(passed(gradient, y), x, block), [channels, 1, 1, 1]),
      (gradient, y) => channelSums(passed(gradient, y), block),
    ],
  });
}

/**
 * `scaled`, an image by `scaleChannels`, with another blocked image added in the same pass; `undefined` where it is
 * something else.
 */
export function addedWhileScaling(scaled: Tensor, other: Tensor): Tensor | undefined {
  if (scaled.source.kind !== "operation") return undefined;
  const { operator, domain, inputs, attributes } = scaled.source.operation;
  const isScaling = domain === blockedDomain && operator === "Conv" && inputs.length === 3;
  if (!isScaling) return undefined;
  return node(operator, [...inputs, other], { domain, shape: scaled.shape, attributes });
}

/** Mean and mean square of each channel of a blocked image over batch, height and width: [2, channels]. */
export function channelMeans(x: Tensor, block: number): Tensor {
  const [batch, channels, height, width] = x.shape;
  const share = scalar(1 / (batch! * height! * width!));
  const squares = multiply(channelProducts(x, x, block), share);
  const means = concatenate(
    [channelMean(x, block), squares].map((row) => reshape(row, [1, channels!])),
    0,
  );
  const rule = (gradient: Tensor): Tensor => {
    const row = (index: number): Tensor =>
      reshape(slice(gradient, { axis: 0, start: index, end: index + 1 }), [channels!]);
    const gain = multiply(row(1), multiply(share, scalar(2)));
    return scaleChannels(x, { gain, bias: multiply(row(0), share), block });
  };
  return withGradient(means, [x], [rule]);
}

function channelSums(x: Tensor, block: number): Tensor {
  const [batch, , height, width] = x.shape;
  return multiply(channelMean(x, block), scalar(batch! * height! * width!));
}

/** Mean of each channel: blocked image → [channels]. Row by row first, since short sums round less. */
function channelMean(x: Tensor, block: number): Tensor {
  const [batch, channels, height, width] = x.shape;
  const blocks = channels! / block;
  const rows = reshape(x, [batch! * blocks * height!, block, 1, width!]);
  const means = node("GlobalAveragePool", [rows], {
    domain: blockedDomain,
    shape: [rows.shape[0]!, block, 1, 1],
  });
  const byChannel = reshape(means, [batch!, blocks, height!, block]);
  const byClip = reduceMean(byChannel, { axes: [2] });
  return reshape(reduceMean(byClip, { axes: [0] }), [channels!]);
}

/** Sums of the products of two blocked images by channel: [channels]. In eight parts, as short sums round less. */
function channelProducts(a: Tensor, b: Tensor, block: number): Tensor {
  const [batch, channels, height, width] = a.shape;
  const parts = height! % 8 === 0 ? 8 : 1;
  const strips = (x: Tensor): Tensor =>
    reshape(x, [batch! * (channels! / block) * parts, (height! / parts) * width!, block]);
  // Products of all channels of a block with all others; those with themselves are wanted.
  const all = matMul(strips(a), strips(b), { transposeA: true });
  const byPart = reshape(all, [batch!, channels! / block, parts, block * block]);
  const joined = reduceSum(reduceSum(byPart, { axes: [2] }), { axes: [0] });
  const own = Float32Array.from({ length: block * block }, (_, index) =>
    Number(index % (block + 1) === 0),
  );
  const chosen = multiply(joined, constant(own, [block * block]));
  const sums = reduceSum(reshape(chosen, [channels! / block, block, block]), { axes: [2] });
  return reshape(sums, [channels!]);
}
