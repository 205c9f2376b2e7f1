import { emitModel } from "../../graph/emit.ts";
import type { ModelPart } from "../../graph/join.ts";
import { lengthOf, padAfter, sliceBetween } from "../../graph/operators/any-length.ts";
import {
  add,
  clampBelow,
  divide,
  maximum,
  multiply,
  sqrt,
  subtract,
} from "../../graph/operators/arithmetic.ts";
import { reduceMax, reduceMean } from "../../graph/operators/reduce.ts";
import { input, integers, scalar, type Tensor } from "../../graph/tensor.ts";
import { maxPeak, targetRms } from "../../audio/level.ts";
import type { WindowSpec } from "../cut-window.ts";
import { encoderSampleRate, shortestSamples } from "../encoder-layers.ts";

/** Length of the waveforms that the graphs are built on; they run on any. */
const example = 4 * encoderSampleRate;

const waveform = (): Tensor => input("waveform", [1, example]);

/**
 * Returns the part from `waveform` [batch, samples] to `window` [batch, length]: its start or its middle, as `cutWindow`
 * cuts what is speech throughout.
 */
export function windowPart({ length, place }: WindowSpec): ModelPart {
  const whole = waveform();
  const spare = subtract(lengthOf(whole, 1), integers([length]));
  const half = divide(add(spare, integers([1])), integers([2]));
  const start = place === "start" ? integers([0]) : maximum(half, integers([0]));
  const padded = padAfter(whole, { axis: 1, count: integers([length]), length: example + length });
  const window = sliceBetween(padded, {
    axis: 1,
    start,
    end: add(start, integers([length])),
    length,
  });
  return { bytes: emitModel({ outputs: { window }, freeBatch: true }) };
}

/**
 * Returns the part from `waveform` [batch, samples] to `speech`: its middle `longestSec` at one level, padded with zeros to
 * half a second, as `SpeechEncoder` does with what is speech throughout.
 */
export function speechPart(longestSec: number): ModelPart {
  const whole = waveform();
  const count = lengthOf(whole, 1);
  const longest = integers([Math.round(longestSec * encoderSampleRate)]);
  const none = integers([0]);
  const excess = maximum(subtract(count, longest), none);
  const before = divide(excess, integers([2]));
  const end = subtract(count, subtract(excess, before));
  const part = sliceBetween(whole, { axis: 1, start: before, end, length: example });
  const lacking = maximum(subtract(integers([shortestSamples]), count), none);
  const speech = padAfter(atOneLevel(part), { axis: 1, count: lacking, length: example });
  return { bytes: emitModel({ outputs: { speech }, freeBatch: true }) };
}

/** Samples as `normalizeLevel` returns them. */
function atOneLevel(samples: Tensor): Tensor {
  const squares = multiply(samples, samples);
  const over = { axes: [1], keepAxes: true };
  const rms = divide(sqrt(reduceMean(squares, over)), scalar(targetRms));
  const peak = divide(sqrt(reduceMax(squares, over)), scalar(maxPeak));
  return divide(samples, clampBelow(maximum(rms, peak), 1e-20));
}
