import type { Segment } from "./analysis.ts";
import { poolProbabilities, smoothLabels, type Observation } from "./smoothing.ts";

/** Rounds seconds to the millisecond. */
export const toMs = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** Rounds a probability to four places. */
export const toPlaces = (probability: number): number => Math.round(probability * 10_000) / 10_000;

/** Values [label] by the labels' names. */
export function byLabel(
  labels: readonly string[],
  values: readonly number[],
): Record<string, number> {
  return Object.fromEntries(labels.map((label, k) => [label, toPlaces(values[k]!)]));
}

function speaking(labels: readonly string[], observations: readonly Observation[]): Segment {
  const probabilities = poolProbabilities(observations);
  const confidence = Math.max(...probabilities);
  return {
    startSec: toMs(observations[0]!.startSec),
    endSec: toMs(observations.at(-1)!.endSec),
    emotion: labels[probabilities.indexOf(confidence)]!,
    confidence: toPlaces(confidence),
    probabilities: byLabel(labels, probabilities),
  };
}

const noSpeech = (startSec: number, endSec: number): Segment => ({
  startSec,
  endSec,
  emotion: null,
  confidence: null,
  probabilities: null,
});

/**
 * Smooths observations in the order of time into segments from 0 to `durationSec`: neighbours of
 * one label that touch are one segment, and the time between that nobody answers for is no speech.
 */
export function buildTimeline(
  labels: readonly string[],
  observations: readonly Observation[],
  durationSec: number,
): Segment[] {
  const path = smoothLabels(observations);
  const groups: Observation[][] = [];
  for (const [t, observation] of observations.entries()) {
    const last = groups.at(-1);
    const pauseSec = observation.startSec - (last?.at(-1)?.endSec ?? 0);
    if (last !== undefined && pauseSec < 1e-3 && path[t] === path[t - 1]) last.push(observation);
    else groups.push([observation]);
  }
  const segments: Segment[] = [];
  let endSec = 0;
  for (const segment of groups.map((group) => speaking(labels, group))) {
    if (segment.startSec > endSec) segments.push(noSpeech(endSec, segment.startSec));
    segments.push(segment);
    endSec = segment.endSec;
  }
  const lastSec = toMs(durationSec);
  if (lastSec > endSec) segments.push(noSpeech(endSec, lastSec));
  return segments;
}
