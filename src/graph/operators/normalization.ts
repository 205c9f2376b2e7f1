import { imageShape } from "../shapes.ts";
import { constant, node, scalar, shapeError, type Tensor } from "../tensor.ts";
import { add, clampBelow, divide, multiply, negate, sqrt, subtract } from "./arithmetic.ts";
import { reshape } from "./layout.ts";
import { reduceMean, reduceSum, reduceSumSquare } from "./reduce.ts";

/** Mean and (biased) variance of each channel over batch and image, [channels] each. */
export interface ChannelMoments {
  readonly mean: Tensor;
  readonly variance: Tensor;
}

/**
 * Moments of [batch, channels, height, width] by channel, in one pass each. The variance is the mean
 * square minus the squared mean, which rounding can bring below 0 where a channel hardly varies.
 */
export function channelMoments(x: Tensor): ChannelMoments {
  const [batch, channels, height, width] = imageShape("channelMoments", x);
  const axes = [0, 2, 3];
  const mean = reduceMean(x, { axes, keepAxes: true });
  const count = scalar(batch * height * width);
  // Row by row first: ONNX Runtime adds squares sequentially, and short sums round less.
  const rowSquares = reduceSumSquare(x, { axes: [3], keepAxes: true });
  const meanSquare = divide(reduceSum(rowSquares, { axes: [0, 2], keepAxes: true }), count);
  const variance = clampBelow(subtract(meanSquare, multiply(mean, mean)), 0);
  return { mean: reshape(mean, [channels]), variance: reshape(variance, [channels]) };
}

interface NormalizeOptions extends ChannelMoments {
  readonly scale: Tensor;
  readonly shift: Tensor;
  readonly epsilon?: number;
}

/**
 * (x − mean) / √(variance + ε) · scale + shift by channel; all four are [channels].
 * Gradients flow to x and to each of the four.
 * @see Ioffe and Szegedy 2015, Batch Normalization
 */
export function normalizeChannels(x: Tensor, options: NormalizeOptions): Tensor {
  const { mean, variance, scale, shift, epsilon = 1e-5 } = options;
  const [, channels] = x.shape;
  if (
    channels === undefined ||
    [mean, variance, scale, shift].some((t) => t.shape[0] !== channels)
  ) {
    throw shapeError(
      "BatchNormalization",
      [x, mean, variance, scale, shift],
      "[channels] each wanted",
    );
  }
  const deviation = sqrt(add(variance, scalar(epsilon)));
  const gain = divide(scale, deviation);
  const byChannel = (vector: Tensor): Tensor =>
    reshape(
      vector,
      x.shape.map((_, axis) => (axis === 1 ? channels : 1)),
    );
  const others = x.shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]));
  const sum = (gradient: Tensor): Tensor => reduceSum(gradient, { axes: others });
  const sumByStandardized = (gradient: Tensor): Tensor =>
    divide(subtract(sum(multiply(gradient, x)), multiply(sum(gradient), mean)), deviation);
  return node("BatchNormalization", [x, scale, shift, mean, variance], {
    shape: x.shape,
    attributes: { epsilon: { float: epsilon } },
    gradientRules: [
      (gradient) => multiply(gradient, byChannel(gain)),
      sumByStandardized,
      sum,
      (gradient) => negate(multiply(gain, sum(gradient))),
      (gradient) =>
        divide(multiply(multiply(gain, scalar(-0.5)), sumByStandardized(gradient)), deviation),
    ],
  });
}

interface LayerNormalizationOptions {
  readonly scale?: Tensor;
  readonly shift?: Tensor;
  readonly epsilon?: number;
}

/**
 * (x − mean) / √(variance + ε) · scale + shift, with the moments of each vector along the last axis:
 * [.., width] with scale and shift [width]; without them, 1 and 0.
 * @see Ba et al. 2016, Layer Normalization
 */
export function layerNormalization(x: Tensor, options: LayerNormalizationOptions = {}): Tensor {
  const { scale, shift, epsilon = 1e-5 } = options;
  const width = x.shape.at(-1);
  const given = [scale, shift].filter((t) => t !== undefined);
  if (width === undefined || given.some((t) => t.shape[0] !== width))
    throw shapeError("LayerNormalization", [x, ...given], "[.., width] and [width] wanted");
  const gain = scale ?? constant(new Float32Array(width).fill(1), [width]);
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  const standardized = (): Tensor => layerNormalization(x, { epsilon });
  return node("LayerNormalization", shift === undefined ? [x, gain] : [x, gain, shift], {
    shape: x.shape,
    attributes: { axis: -1, epsilon: { float: epsilon } },
    gradientRules: [
      (gradient, y) =>
        standardizedGradient(x, {
          gradient: scale === undefined ? gradient : multiply(gradient, scale),
          standardized: scale === undefined && shift === undefined ? y : standardized(),
          epsilon,
          axes: [x.shape.length - 1],
        }),
      (gradient) => reduceSum(multiply(gradient, standardized()), { axes }),
      (gradient) => reduceSum(gradient, { axes }),
    ],
  });
}

/**
 * The same with the moments of each channel of each item: [batch, channels, ..lengths] with scale and
 * shift [channels].
 * @see Ulyanov et al. 2016, Instance Normalization
 */
export function instanceNormalization(
  x: Tensor,
  {
    scale,
    shift,
    epsilon = 1e-5,
  }: Required<Pick<LayerNormalizationOptions, "scale" | "shift">> & {
    readonly epsilon?: number;
  },
): Tensor {
  const [, channels, ...lengths] = x.shape;
  if (lengths.length === 0 || scale.shape[0] !== channels || shift.shape[0] !== channels)
    throw shapeError("InstanceNormalization", [x, scale, shift], "[channels] each wanted");
  const axes = lengths.map((_, axis) => axis + 2);
  const others = [0, ...axes];
  const filled = (value: number): Tensor =>
    constant(new Float32Array(channels!).fill(value), [channels!]);
  const standardized = (): Tensor =>
    instanceNormalization(x, { scale: filled(1), shift: filled(0), epsilon });
  return node("InstanceNormalization", [x, scale, shift], {
    shape: x.shape,
    attributes: { epsilon: { float: epsilon } },
    gradientRules: [
      (gradient) =>
        standardizedGradient(x, {
          gradient: multiply(gradient, reshape(scale, [channels!, ...lengths.map(() => 1)])),
          standardized: standardized(),
          epsilon,
          axes,
        }),
      (gradient) => reduceSum(multiply(gradient, standardized()), { axes: others }),
      (gradient) => reduceSum(gradient, { axes: others }),
    ],
  });
}

/** The gradient of standardization: x minus its mean, divided by its deviation, both over the axes. */
function standardizedGradient(
  x: Tensor,
  options: {
    readonly gradient: Tensor;
    readonly standardized: Tensor;
    readonly epsilon: number;
    readonly axes: readonly number[];
  },
): Tensor {
  const { gradient, standardized, epsilon, axes } = options;
  const mean = (values: Tensor): Tensor => reduceMean(values, { axes, keepAxes: true });
  const centered = subtract(x, mean(x));
  const deviation = sqrt(add(mean(multiply(centered, centered)), scalar(epsilon)));
  const along = multiply(standardized, mean(multiply(gradient, standardized)));
  return divide(subtract(subtract(gradient, mean(gradient)), along), deviation);
}
