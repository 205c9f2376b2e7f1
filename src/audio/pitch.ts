import { FrameAutocorrelation, type FrameAutocorrelationOptions } from "./autocorrelation.ts";

export interface PitchOptions {
  /** Lowest fundamental frequency in Hz. */
  readonly fMin?: number;
  /** Highest fundamental frequency in Hz. */
  readonly fMax?: number;
  /** Samples from one frame to the next, 10 ms by default. */
  readonly hopLength?: number;
}

export interface PitchTrack {
  /** Fundamental frequency in Hz [frames]; 0 where unvoiced. Frame t is centered on sample t · hopLength. */
  readonly f0: Float32Array;
  /** Periodicity of each frame [frames], 0 to 1: at `f0` where voiced, else the maximum. */
  readonly voicing: Float32Array;
  readonly hopLength: number;
}

/** A candidate of a frame: voiced with a frequency, or unvoiced with the frequency 0. */
interface Candidate {
  readonly hz: number;
  readonly score: number;
  readonly strength: number;
}

/** What a track goes by: Praat's "To Pitch (ac)…" and its defaults, but for the range of frequencies. */
export const pitchRules = {
  fMin: 65,
  fMax: 600,
  silenceThreshold: 0.03,
  voicingThreshold: 0.45,
  octaveCost: 0.01,
  octaveJumpCost: 0.35,
  voicedUnvoicedCost: 0.14,
  /** Voiced ones of a frame. */
  maxCandidates: 8,
} as const;

const {
  silenceThreshold,
  voicingThreshold,
  octaveCost,
  octaveJumpCost,
  voicedUnvoicedCost,
  maxCandidates,
} = pitchRules;
const periodsInWindow = 3;
const highHz = 4000;

/** Returns how the autocorrelation is computed in which periods down to `fMin` are looked for. */
export function pitchCorrelation(sampleRate: number, fMin: number): FrameAutocorrelationOptions {
  const windowLength = Math.round((periodsInWindow / fMin) * sampleRate);
  return { sampleRate, windowLength, lowHz: fMin / 2, highHz, maxLagSec: 1 / fMin };
}

/** Returns how many samples on both sides of a frame's center its peak is looked for in. */
export const peakReach = (sampleRate: number, fMin: number): number =>
  Math.round(sampleRate / fMin / 2);

/** Returns what costs of transitions, meant for steps of 10 ms, are multiplied by. */
export const costScale = (sampleRate: number, hopLength: number): number =>
  (0.01 * sampleRate) / hopLength;

/** Cost of a transition between candidates at steps of 10 ms. */
function transitionCost(from: number, to: number): number {
  if (from === 0 && to === 0) return 0;
  if (from === 0 || to === 0) return voicedUnvoicedCost;
  return octaveJumpCost * Math.abs(Math.log2(from / to));
}

/** Returns one candidate for each frame: the path of the highest total score less transition costs (Viterbi). */
function bestPath(frames: readonly (readonly Candidate[])[], scale: number): Candidate[] {
  let totals = frames[0]!.map((candidate) => candidate.score);
  const cameFrom = frames.slice(1).map((candidates, index) => {
    const before = frames[index]!;
    const next: number[] = [];
    const from = candidates.map((candidate) => {
      let best = 0;
      let bestTotal = -Infinity;
      before.forEach((previous, p) => {
        const total = totals[p]! - scale * transitionCost(previous.hz, candidate.hz);
        if (total > bestTotal) [best, bestTotal] = [p, total];
      });
      next.push(bestTotal + candidate.score);
      return best;
    });
    totals = next;
    return from;
  });
  let at = totals.indexOf(Math.max(...totals));
  const path = [frames.at(-1)![at]!];
  for (let t = cameFrom.length - 1; t >= 0; t--) {
    at = cameFrom[t]![at]!;
    path.push(frames[t]![at]!);
  }
  return path.toReversed();
}

function check(sampleRate: number, { fMin, fMax, hopLength }: Required<PitchOptions>): void {
  if (!(fMin > 0 && fMin < fMax && fMax < Math.min(highHz, sampleRate / 2))) {
    throw new RangeError(
      `pitch: expected 0 < fMin < fMax < ${Math.min(highHz, sampleRate / 2)} Hz, got ${fMin} and ${fMax}`,
    );
  }
  if (!Number.isInteger(hopLength) || hopLength < 1) {
    throw new RangeError(`pitch: hopLength must be a positive whole number, got ${hopLength}`);
  }
}

/**
 * Returns the fundamental frequency of a voice over time: Boersma's autocorrelation method as in Praat, with its costs for
 * octave errors and jumps and a Viterbi search over all frames. Unlike Praat it is limited to 4 kHz and interpolates peaks by
 * a parabola on an oversampled autocorrelation.
 * @param samples mono
 * @throws RangeError for a frequency range outside 0 … min(4000 Hz, sampleRate / 2) or a wrong `hopLength`
 * @see Boersma (1993); Praat, "Sound: To Pitch (ac)…"
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { decodeAudio, pitch, toMono } from "undertone/audio";
 *
 * const { channels, sampleRate } = await decodeAudio(await readFile("speech.wav"));
 * const { f0 } = pitch(toMono(channels), sampleRate); // every 10 ms, 0 where unvoiced
 * const voiced = f0.filter((hz) => hz > 0);
 * ```
 */
export function pitch(
  samples: Float32Array,
  sampleRate: number,
  options: PitchOptions = {},
): PitchTrack {
  const {
    fMin = pitchRules.fMin,
    fMax = pitchRules.fMax,
    hopLength = Math.round(sampleRate / 100),
  } = options;
  check(sampleRate, { fMin, fMax, hopLength });
  const correlation = pitchCorrelation(sampleRate, fMin);
  const autocorrelation = new FrameAutocorrelation(correlation);
  const peaks = framePeaks(samples, hopLength, peakReach(sampleRate, fMin));
  const globalPeak = peaks.reduce((max, peak) => Math.max(max, peak), 0);
  const starts = Array.from(
    peaks,
    (_, t) => t * hopLength - Math.floor(correlation.windowLength / 2),
  );
  const frames: Candidate[][] = [];
  autocorrelation.each(samples, starts, (frame, t) => {
    const loudness = globalPeak > 0 ? peaks[t]! / globalPeak : 0;
    const unvoicedScore =
      voicingThreshold + Math.max(0, 2 - (loudness * (1 + voicingThreshold)) / silenceThreshold);
    const voiced = frame
      .periods(1 / fMax, 1 / fMin)
      .map(({ lagSec, strength }) => ({
        hz: 1 / lagSec,
        strength,
        score: strength - octaveCost * Math.log2(fMin * lagSec),
      }))
      .filter(({ hz }) => hz >= fMin && hz <= fMax)
      .toSorted((a, b) => b.score - a.score)
      .slice(0, maxCandidates);
    const highest = voiced.reduce((max, { strength }) => Math.max(max, strength), 0);
    frames.push([{ hz: 0, strength: highest, score: unvoicedScore }, ...voiced]);
  });
  const path = bestPath(frames, costScale(sampleRate, hopLength));
  return {
    f0: Float32Array.from(path, ({ hz }) => hz),
    voicing: Float32Array.from(path, ({ strength }) => strength),
    hopLength,
  };
}

/** Returns the peak within `reach` samples of each frame's center [1 + samples / hopLength]. */
function framePeaks(samples: Float32Array, hopLength: number, reach: number): Float32Array {
  const frames = 1 + Math.floor(samples.length / hopLength);
  return Float32Array.from({ length: frames }, (_, t) => {
    const end = Math.min(samples.length, t * hopLength + reach + 1);
    let peak = 0;
    for (let n = Math.max(0, t * hopLength - reach); n < end; n++) {
      peak = Math.max(peak, Math.abs(samples[n]!));
    }
    return peak;
  });
}
