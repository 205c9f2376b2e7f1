import type { SpeechRegion } from "../audio/speech-activity.ts";
import { relu } from "../graph/operators/activation.ts";
import { add, divide, subtract } from "../graph/operators/arithmetic.ts";
import { convolution } from "../graph/operators/convolution.ts";
import { transpose } from "../graph/operators/layout.ts";
import type { Tensor } from "../graph/tensor.ts";
import { filledWith, heNormal } from "../models/initializers.ts";
import { dense, dropout } from "../models/layers.ts";
import type { Network } from "../models/network.ts";

const units = 48;
const contextUnits = 32;
/** Frames around each that it is decided by: 1.5 s. */
const contextFrames = 61;
const dropoutRate = 0.3;

/** Names of the moments by which the head standardizes frames, both [columns]. */
export const frameMoments = { mean: "frames.mean", deviation: "frames.deviation" } as const;

/** Returns logits [batch, 1, frames, 2] of one and of two who speak, of encoder layers side by side [batch, 1, frames, columns]. */
export function overlapLogits(network: Network, frames: Tensor): Tensor {
  const columns = frames.shape.at(-1)!;
  const mean = network.runningStatistic(frameMoments.mean, [columns], filledWith(0));
  const deviation = network.runningStatistic(frameMoments.deviation, [columns], filledWith(1));
  const standardized = divide(subtract(frames, mean), deviation);
  const squeezed = relu(dense(network, "squeeze", { x: standardized, units }));
  const kept = dropout(network, "squeezed", { x: squeezed, rate: dropoutRate });
  const filters = network.parameter(
    "context.weight",
    [contextUnits, units, 1, contextFrames],
    heNormal,
  );
  const bias = network.parameter("context.bias", [contextUnits, 1, 1], filledWith(0));
  const inContext = relu(add(convolution(transpose(kept, [0, 3, 1, 2]), filters), bias));
  const x = dropout(network, "in-context", {
    x: transpose(inContext, [0, 2, 3, 1]),
    rate: dropoutRate,
  });
  return dense(network, "output", { x, units: 2 });
}

/** Frames on either side that a probability is averaged over. */
const halfSmoothed = 4;
const leastSec = 0.3;

interface FrameRate {
  readonly perSec: number;
  /** Mean probability from which on a frame is overlap. */
  readonly threshold: number;
}

/** Returns where two speak at once, by the probability of each frame; in seconds from the first one. */
export function overlapsIn(
  probabilities: Float32Array,
  { perSec, threshold }: FrameRate,
): SpeechRegion[] {
  const isOverlap = Array.from(probabilities, (_, frame) => {
    const near = probabilities.subarray(
      Math.max(0, frame - halfSmoothed),
      frame + halfSmoothed + 1,
    );
    return near.reduce((sum, value) => sum + value, 0) / near.length >= threshold;
  });
  const overlaps: SpeechRegion[] = [];
  for (let first = isOverlap.indexOf(true); first >= 0;) {
    const after = isOverlap.indexOf(false, first);
    const end = after < 0 ? isOverlap.length : after;
    const region = { startSec: first / perSec, endSec: end / perSec };
    if (region.endSec - region.startSec >= leastSec) overlaps.push(region);
    first = isOverlap.indexOf(true, end);
  }
  return overlaps;
}
