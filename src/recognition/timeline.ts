import { familiarityOf } from "../models/ood-distance.ts";
import type { ModelCard } from "../models/model-card.ts";
import type { Prediction, Segment } from "./analysis.ts";
import type { Probabilities } from "./fusion.ts";
import { poolProbabilities, smoothLabels, type Observation } from "./smoothing.ts";

/** Rounds seconds to the millisecond. */
export const toMs = (seconds: number): number => Math.round(seconds * 1000) / 1000;

/** Rounds a probability to four places. */
export const toPlaces = (probability: number): number => Math.round(probability * 10_000) / 10_000;

/** Values [label] by the labels' names. */
export function byLabel(
  labels: readonly string[],
  values: ArrayLike<number>,
): Record<string, number> {
  return Object.fromEntries(labels.map((label, k) => [label, values[k]!]));
}

/** The likeliest label of probabilities, rounded for people. */
export function toPrediction(probabilities: Probabilities): Prediction {
  const [emotion, confidence] = Object.entries(probabilities).reduce((best, next) =>
    next[1] > best[1] ? next : best,
  );
  const rounded = Object.entries(probabilities).map(([label, p]) => [label, toPlaces(p)]);
  return {
    emotion,
    confidence: toPlaces(confidence),
    probabilities: Object.fromEntries(rounded),
  };
}

/** How familiar a model is with what it heard, by the mean distance of its windows; nothing where its card cannot say. */
export function familiarityIn(
  observations: readonly Observation[],
  { distances }: Pick<ModelCard, "distances">,
): Pick<Segment, "familiarity"> {
  if (distances === undefined) return {};
  let [sum, total] = [0, 0];
  for (const { distance, weight } of observations) {
    sum += weight * distance!;
    total += weight;
  }
  return { familiarity: toPlaces(familiarityOf(sum / total, distances)) };
}

interface Span {
  readonly startSec: number;
  readonly endSec: number;
}

/** A segment in which the voice alone decides. */
function voiceSegment({ startSec, endSec }: Span, voice: Prediction): Segment {
  return {
    startSec: toMs(startSec),
    endSec: toMs(endSec),
    text: "",
    ...voice,
    voice,
    words: null,
    disagree: false,
    abstained: null,
  };
}

const noSpeech = (startSec: number, endSec: number): Segment => ({
  startSec,
  endSec,
  text: "",
  emotion: null,
  confidence: null,
  probabilities: null,
  voice: null,
  words: null,
  disagree: false,
  abstained: null,
});

/** Smooths observations in the order of time: neighbors of one label that touch are one segment. */
export function smoothSegments(
  card: Pick<ModelCard, "labels" | "distances">,
  observations: readonly Observation[],
): Segment[] {
  const path = smoothLabels(observations);
  const groups: Observation[][] = [];
  for (const [t, observation] of observations.entries()) {
    const last = groups.at(-1);
    const pauseSec = observation.startSec - (last?.at(-1)?.endSec ?? 0);
    if (last !== undefined && pauseSec < 1e-3 && path[t] === path[t - 1]) last.push(observation);
    else groups.push([observation]);
  }
  return groups.map((group) => ({
    ...voiceSegment(
      { startSec: group[0]!.startSec, endSec: group.at(-1)!.endSec },
      toPrediction(byLabel(card.labels, poolProbabilities(group))),
    ),
    ...familiarityIn(group, card),
  }));
}

/** Orders segments and fills the time between them, from 0 to `durationSec`, with no speech. */
export function withPauses(segments: readonly Segment[], durationSec: number): Segment[] {
  const filled: Segment[] = [];
  let endSec = 0;
  for (const segment of segments.toSorted((a, b) => a.startSec - b.startSec)) {
    if (segment.startSec > endSec) filled.push(noSpeech(endSec, segment.startSec));
    filled.push(segment);
    endSec = segment.endSec;
  }
  const lastSec = toMs(durationSec);
  if (lastSec > endSec) filled.push(noSpeech(endSec, lastSec));
  return filled;
}
