import { emitModel } from "../../graph/emit.ts";
import type { ModelPart } from "../../graph/join.ts";
import {
  add,
  cast,
  clampBelow,
  divide,
  exp,
  greater,
  log,
  multiply,
  sqrt,
  subtract,
  where,
} from "../../graph/operators/arithmetic.ts";
import { concatenate, reshape, slice } from "../../graph/operators/layout.ts";
import { reduceMax, reduceMean, reduceSum } from "../../graph/operators/reduce.ts";
import { constant, input, integers, node, scalar, type Tensor } from "../../graph/tensor.ts";
import { middleHz } from "../low-level-descriptors.ts";
import type { ModelCard } from "../model-card.ts";
import { powerSpectrum } from "../power-spectrum.ts";
import { pitchContour } from "./pitch-graph.ts";

type DescriptorOptions = NonNullable<ModelCard["descriptors"]> & Pick<ModelCard, "sampleRate">;

/** Returns the part from `window` [batch, frames · hopLength] to `descriptors` as `lowLevelDescriptors` has them. */
export function descriptorPart(options: DescriptorOptions): ModelPart {
  const { frames, hopLength } = options;
  const waveform = input("window", [1, frames * hopLength]);
  const rows = [
    ...pitchRows(waveform, options),
    ...levelRows(waveform, options),
    ...spectralRows(waveform, options),
  ];
  const first = rows.map((row) => slice(row, { axis: 2, start: 0, end: frames }));
  const descriptors = concatenate(first, 1);
  return { bytes: emitModel({ outputs: { descriptors }, freeBatch: true }) };
}

/** a x + b */
const scaled = (x: Tensor, a: number, b: number): Tensor => add(multiply(x, scalar(a)), scalar(b));

function pitchRows(waveform: Tensor, options: DescriptorOptions): Tensor[] {
  const { f0, voicing } = pitchContour(waveform, options);
  const octaves = multiply(log(divide(f0, scalar(middleHz))), scalar(Math.LOG2E));
  return [where(greater(f0, scalar(0)), octaves, scalar(0)), scaled(voicing, 2, -1)];
}

/** Level and zero crossings of centered frames. */
function levelRows(waveform: Tensor, { nFft, hopLength, rangeDb }: DescriptorOptions): Tensor[] {
  const [batch, samples] = waveform.shape;
  const wave = reshape(waveform, [batch!, 1, samples!]);
  const mean = (x: Tensor, length: number): Tensor =>
    node("AveragePool", [x], {
      shape: [batch!, 1, 1 + samples! / hopLength],
      attributes: {
        kernel_shape: [length],
        strides: [hopLength],
        pads: [nFft / 2, nFft / 2],
        count_include_pad: 1,
      },
    });
  const rms = sqrt(mean(multiply(wave, wave), nFft));
  const loudest = clampBelow(reduceMax(rms, { axes: [2], keepAxes: true }), 1e-10);
  const level = log(clampBelow(divide(rms, loudest), 1e-10));
  const isNegative = cast(greater(scalar(-1e-10), wave));
  const part = (start: number, end: number): Tensor => slice(isNegative, { axis: 2, start, end });
  const change = subtract(part(1, samples!), part(0, samples! - 1));
  const crossings = mean(multiply(change, change), nFft - 1);
  return [
    clampBelow(scaled(level, (40 * Math.LOG10E) / rangeDb, 1), -1),
    scaled(crossings, (8 * (nFft - 1)) / nFft, -1),
  ];
}

const overBins = { axes: [1], keepAxes: true };
const sum = (x: Tensor): Tensor => reduceSum(x, overBins);

/** Centroid, bandwidth, roll-off and flatness of the spectra of frames. */
function spectralRows(waveform: Tensor, { nFft, hopLength, frames }: DescriptorOptions): Tensor[] {
  const { power: places, bins } = powerSpectrum(waveform, {
    nFft,
    winLength: nFft,
    hopLength,
    frames,
  });
  const count = nFft / 2 + 1;
  const order = Array.from({ length: count }, (_, bin) => bins.indexOf(bin));
  const shape = [waveform.shape[0]!, count, frames];
  const power = node("Gather", [places, integers(order)], { shape, attributes: { axis: 1 } });
  const magnitudes = sqrt(power);
  const total = sum(magnitudes);
  const some = clampBelow(total, 1e-30);
  const numbers = constant(
    Array.from({ length: count }, (_, bin) => bin),
    [1, count, 1],
  );
  const centroid = divide(sum(multiply(magnitudes, numbers)), some);
  const distance = subtract(numbers, centroid);
  const variance = divide(sum(multiply(magnitudes, multiply(distance, distance))), some);
  const sums = node("CumSum", [magnitudes, reshape(integers([1]), [])], { shape });
  const below = cast(greater(multiply(total, scalar(0.85)), sums));
  const rolloff = sum(slice(below, { axis: 1, start: 0, end: count - 1 }));
  const floored = clampBelow(power, 1e-10);
  const relative = divide(floored, reduceMean(floored, overBins));
  const flatness = exp(reduceMean(log(relative), overBins));
  return [
    scaled(centroid, 8 / nFft, -1),
    scaled(sqrt(variance), 8 / nFft, -1),
    scaled(rolloff, 4 / nFft, -1),
    scaled(flatness, 2, -1),
  ];
}
