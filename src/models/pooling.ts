import { maskedSoftmax, softmax, tanh } from "../graph/operators/activation.ts";
import { add, clampBelow, multiply, sqrt, subtract } from "../graph/operators/arithmetic.ts";
import { concatenate } from "../graph/operators/layout.ts";
import { matMul } from "../graph/operators/matrix.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import type { Tensor } from "../graph/tensor.ts";
import { fanInUniform } from "./initializers.ts";
import type { Network } from "./network.ts";

/**
 * The same dense layer at each frame: [batch, in, frames] → [batch, units, frames].
 * @example
 * ```ts
 * import { framewiseDense, input, Network } from "undertone/train";
 *
 * const x = input("x", [2, 8, 100]);
 * const shape = framewiseDense(new Network("training"), "frames", { x, units: 4 }).shape; // → [2, 4, 100]
 * ```
 */
export function framewiseDense(
  network: Network,
  name: string,
  { x, units }: { x: Tensor; units: number },
): Tensor {
  const inputs = x.shape[1]!;
  const weight = network.parameter(`${name}.weight`, [units, inputs], fanInUniform());
  const bias = network.parameter(`${name}.bias`, [units, 1], fanInUniform(inputs));
  return add(matMul(weight, x), bias);
}

const attentionUnits = 64;

/**
 * Mean and standard deviation over time, each channel weighing frames by an attention of its own, among those
 * where `mask` [batch, 1, frames] is 1: [batch, channels, frames] → [batch, 2 · channels].
 * @see Okabe et al. 2018, Attentive Statistics Pooling; Desplanques et al. 2020 (ECAPA-TDNN)
 * @example
 * ```ts
 * import { attentiveStatistics, input, Network } from "undertone/train";
 *
 * const x = input("x", [2, 8, 100]);
 * const shape = attentiveStatistics(new Network("training"), "pooling", { x }).shape; // → [2, 16]
 * ```
 */
export function attentiveStatistics(
  network: Network,
  name: string,
  { x, mask }: { readonly x: Tensor; readonly mask?: Tensor },
): Tensor {
  const squeezed = tanh(framewiseDense(network, `${name}.squeeze`, { x, units: attentionUnits }));
  const scores = framewiseDense(network, `${name}.attention`, { x: squeezed, units: x.shape[1]! });
  const attention = mask ? maskedSoftmax(scores, mask) : softmax(scores);
  const weighted = multiply(attention, x);
  const mean = reduceSum(weighted, { axes: [2] });
  const meanSquare = reduceSum(multiply(weighted, x), { axes: [2] });
  const deviation = sqrt(clampBelow(subtract(meanSquare, multiply(mean, mean)), 1e-5));
  return concatenate([mean, deviation], 1);
}
