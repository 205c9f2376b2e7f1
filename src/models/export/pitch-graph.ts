import { correlationGrid } from "../../audio/autocorrelation.ts";
import { costScale, peakReach, pitchCorrelation, pitchRules } from "../../audio/pitch.ts";
import {
  add,
  clampBelow,
  divide,
  greater,
  log,
  maximum,
  multiply,
  subtract,
  where,
} from "../../graph/operators/arithmetic.ts";
import { concatenate, pad, reshape, slice, transpose } from "../../graph/operators/layout.ts";
import { matMul } from "../../graph/operators/matrix.ts";
import { reduceMax } from "../../graph/operators/reduce.ts";
import { elementsAt, largest } from "../../graph/operators/selection.ts";
import { constant, node, scalar, type Tensor } from "../../graph/tensor.ts";
import { powerSpectrum } from "../power-spectrum.ts";
import { bestPath } from "./best-path.ts";

interface PitchOptions {
  /** Hz */
  readonly sampleRate: number;
  readonly hopLength: number;
}

/** [batch, 1, 1 + samples / hopLength] each, as in `PitchTrack`. */
interface PitchContour {
  readonly f0: Tensor;
  readonly voicing: Tensor;
}

const { fMin, fMax, octaveCost, maxCandidates, silenceThreshold, voicingThreshold } = pitchRules;

/** Score of a place where there is no candidate; far below any that a path can reach. */
const noCandidate = -1e6;

/** Returns the pitch of a waveform [batch, samples], whole hops, as `pitch` tracks it. */
export function pitchContour(waveform: Tensor, options: PitchOptions): PitchContour {
  const { sampleRate, hopLength } = options;
  const [batch, samples] = waveform.shape;
  const frames = 1 + samples! / hopLength;
  const periods = periodsOf(autocorrelations(waveform, { ...options, frames }), sampleRate);
  const { values: scores, indices } = largest(periods.scores, { axis: 2, count: maxCandidates });
  const [hz, strengths] = [periods.hz, periods.strengths].map((x) => elementsAt(x, indices, 2));
  const isVoiced = greater(scores, scalar(noCandidate));
  const found = where(isVoiced, strengths!, scalar(0));
  const octaves = multiply(log(where(isVoiced, hz!, scalar(1))), scalar(Math.LOG2E));
  const highest = reduceMax(found, { axes: [2], keepAxes: true });
  const path = bestPath(
    {
      octaves: behindUnvoiced(octaves),
      scores: concatenate([unvoicedScores(waveform, options), scores], 2),
    },
    costScale(sampleRate, hopLength),
  );
  const chosen = (candidates: Tensor): Tensor =>
    reshape(elementsAt(candidates, path, 2), [batch!, 1, frames]);
  return {
    f0: chosen(behindUnvoiced(hz!)),
    voicing: chosen(concatenate([highest, found], 2)),
  };
}

/** Puts 0 for the unvoiced candidate before the others of each frame. */
const behindUnvoiced = (x: Tensor): Tensor => pad(x, { axis: 2, before: 1, after: 0 });

/** Returns the autocorrelation of each windowed frame, in any unit: [batch, frames, lags]. */
function autocorrelations(
  waveform: Tensor,
  { sampleRate, hopLength, frames }: PitchOptions & { readonly frames: number },
): Tensor {
  const correlation = pitchCorrelation(sampleRate, fMin);
  const { length, lowBin, highBin, decay } = correlationGrid(correlation);
  const { power, bins } = powerSpectrum(waveform, {
    nFft: length,
    winLength: correlation.windowLength,
    hopLength,
    frames,
  });
  const cosines = Float32Array.from({ length: decay.length * bins.length }, (_, index) => {
    const place = index % bins.length;
    const bin = bins[place]!;
    const isFirst = bins.indexOf(bin) === place; // some bins stand at two places
    if (!isFirst || bin < lowBin || bin > highBin) return 0;
    const lag = Math.floor(index / bins.length);
    const share = bin === length / 2 ? 1 : 2;
    return share * Math.cos((2 * Math.PI * ((bin * lag) % length)) / length);
  });
  const product = matMul(constant(cosines, [decay.length, bins.length]), power);
  return transpose(product, [0, 2, 1]);
}

/** Returns what `FrameAutocorrelation.periods` finds, at each lag at which a period can be: [batch, frames, lags] each. */
function periodsOf(correlation: Tensor, sampleRate: number) {
  const { decay } = correlationGrid(pitchCorrelation(sampleRate, fMin));
  const [first, last] = [Math.floor(sampleRate / fMax), decay.length - 2];
  const lags = Array.from({ length: last - first + 1 }, (_, index) => first + index);
  const row = (values: readonly number[]): Tensor => constant(values, [1, 1, lags.length]);
  const shifted = (by: number): Tensor =>
    slice(correlation, { axis: 2, start: first + by, end: last + by + 1 });
  const undecayed = (by: number): Tensor =>
    divide(shifted(by), row(lags.map((lag) => decay[lag + by]!)));
  const [before, here, after] = [undecayed(-1), undecayed(0), undecayed(1)];
  const slope = subtract(before, after);
  const curvature = add(subtract(before, here), subtract(after, here));
  const top = divide(slope, multiply(scalar(2), curvature));
  const shift = where(greater(scalar(0), curvature), top, scalar(0));
  const peak = subtract(here, multiply(multiply(slope, shift), scalar(1 / 4)));
  const ratio = divide(peak, slice(correlation, { axis: 2, start: 0, end: 1 }));
  const strengths = where(greater(ratio, scalar(1)), divide(scalar(1), ratio), ratio);
  const hz = divide(scalar(sampleRate), add(row(lags), shift));
  const cost = multiply(log(divide(scalar(fMin), hz)), scalar(octaveCost * Math.LOG2E));
  const isRising = greater(shifted(0), maximum(shifted(-1), scalar(0)));
  const scores = [
    greater(shifted(1), shifted(0)),
    greater(scalar(fMin), hz),
    greater(hz, scalar(fMax)),
  ].reduce(
    (kept, isNone) => where(isNone, scalar(noCandidate), kept),
    where(isRising, subtract(strengths, cost), scalar(noCandidate)),
  );
  return { hz, strengths, scores };
}

/** Returns the scores of the unvoiced candidates, higher where it is quiet: [batch, frames, 1]. */
function unvoicedScores(waveform: Tensor, { sampleRate, hopLength }: PitchOptions): Tensor {
  const [batch, samples] = waveform.shape;
  const reach = peakReach(sampleRate, fMin);
  const frames = 1 + samples! / hopLength;
  const levels = node("Abs", [reshape(waveform, [batch!, 1, samples!])], {
    shape: [batch!, 1, samples!],
  });
  const peaks = node("MaxPool", [levels], {
    shape: [batch!, 1, frames],
    attributes: {
      kernel_shape: [2 * reach + 1],
      strides: [hopLength],
      pads: [reach, reach + 1],
    },
  });
  const loudest = clampBelow(reduceMax(peaks, { axes: [2], keepAxes: true }), 1e-30);
  const loudness = multiply(
    divide(peaks, loudest),
    scalar((1 + voicingThreshold) / silenceThreshold),
  );
  const scores = add(clampBelow(subtract(scalar(2), loudness), 0), scalar(voicingThreshold));
  return reshape(scores, [batch!, frames, 1]);
}
