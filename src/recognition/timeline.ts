import { oodScore } from "../models/ood-distance.ts";
import type { ModelCard } from "../models/model-card.ts";
import { abstain, type Limits } from "./abstention.ts";
import type { Prediction, Segment } from "./analysis.ts";
import type { Probabilities } from "./fusion.ts";
import { toMs, toPlaces } from "./places.ts";
import { polarityOf } from "./polarity.ts";
import { LabelSmoother, poolProbabilities, type Observation } from "./smoothing.ts";
import type { SpeakerReference } from "./speaker-reference.ts";

/** Returns values [label] by the labels' names. */
export function byLabel(
  labels: readonly string[],
  values: ArrayLike<number>,
): Record<string, number> {
  return Object.fromEntries(labels.map((label, k) => [label, values[k]!]));
}

/** Returns the likeliest label of probabilities, all rounded. */
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

/** Returns the OOD score of a model's windows together, by their mean distance; `null` where its card says nothing of distances. */
export function oodScoreOf(
  observations: readonly Observation[],
  card: Pick<ModelCard, "distances" | "notSpeech">,
): number | null {
  let [sum, total] = [0, 0];
  for (const { distance, weight } of observations) {
    if (distance === undefined) return null;
    sum += weight * distance;
    total += weight;
  }
  const score = oodScore(sum / total, card);
  return score === null ? null : toPlaces(score);
}

const silence = {
  channel: null,
  speaker: null,
  text: "",
  language: null,
  words: null,
  disagree: false,
  oodScore: null,
  abstained: null,
} as const;

/** Returns a time in which nobody speaks. */
export const noSpeech = (startSec: number, endSec: number): Segment => ({
  startSec,
  endSec,
  ...silence,
  emotion: null,
  confidence: null,
  probabilities: null,
  intensity: null,
  polarity: null,
  voice: null,
});

/** Returns adapted observations that follow each other as one segment, predicted from the voice alone. */
export function voiceSegment(
  observations: readonly Observation[],
  card: Pick<ModelCard, "labels" | "distances" | "notSpeech">,
  reference: SpeakerReference,
): Segment {
  const pooled = poolProbabilities(observations);
  const probabilities = byLabel(card.labels, pooled);
  const voice = toPrediction(probabilities);
  return {
    startSec: toMs(observations[0]!.startSec),
    endSec: toMs(observations.at(-1)!.endSec),
    ...silence,
    ...voice,
    intensity: reference.intensity(pooled),
    polarity: polarityOf(probabilities),
    voice,
    oodScore: oodScoreOf(observations, card),
  };
}

interface TimelineOptions {
  readonly card: Pick<ModelCard, "labels" | "distances" | "notSpeech">;
  readonly reference: SpeakerReference;
  readonly limits: Limits;
}

/**
 * Puts together the timeline of a recording from what comes in the order of time: observations of the voice, which are
 * smoothed and joined where neighbors of one label touch, and segments of utterances. Pauses are filled in.
 */
export class Timeline {
  readonly #options: TimelineOptions;
  readonly #smoother = new LabelSmoother();
  /** What has come and is not in a segment yet. */
  readonly #waiting: (Observation | Segment)[] = [];
  /** Labels of the first observations among them. */
  readonly #labels: number[] = [];
  /** Observations of one label that touch. */
  #group: Observation[] = [];
  #groupLabel = -1;
  #endSec = 0;

  constructor(options: TimelineOptions) {
    this.#options = options;
  }

  observe(observations: readonly Observation[]): void {
    for (const observation of observations) {
      this.#waiting.push(observation);
      this.#labels.push(...this.#smoother.push(observation));
    }
  }

  add(segment: Segment): void {
    this.#waiting.push(segment);
  }

  /** @yields the segments that nothing can change that begins at `untilSec` or later */
  *settle(untilSec: number): Generator<Segment> {
    this.#labels.push(...this.#smoother.waitUntil(untilSec));
    yield* this.#takeDecided();
    const last = this.#group.at(-1);
    if (last !== undefined && untilSec - last.endSec >= longestGapSec) yield* this.#endGroup();
  }

  /** @yields all other segments, up to the recording's end */
  *finish(durationSec: number): Generator<Segment> {
    this.#labels.push(...this.#smoother.finish());
    yield* this.#takeDecided();
    yield* this.#endGroup();
    const lastSec = toMs(durationSec);
    if (lastSec > this.#endSec) yield noSpeech(this.#endSec, lastSec);
  }

  *#takeDecided(): Generator<Segment> {
    for (let [item] = this.#waiting; item !== undefined; [item] = this.#waiting) {
      if ("text" in item) {
        yield* this.#endGroup();
        yield* this.#place(item);
      } else {
        const label = this.#labels.shift();
        if (label === undefined) return;
        const last = this.#group.at(-1);
        const touches = last !== undefined && item.startSec - last.endSec < longestGapSec;
        if (!touches || label !== this.#groupLabel) yield* this.#endGroup();
        this.#group.push(item);
        this.#groupLabel = label;
      }
      this.#waiting.shift();
    }
  }

  *#endGroup(): Generator<Segment> {
    if (this.#group.length === 0) return;
    const { card, reference } = this.#options;
    const segment = voiceSegment(this.#group, card, reference);
    this.#group = [];
    yield* this.#place(segment);
  }

  *#place(segment: Segment): Generator<Segment> {
    if (segment.startSec > this.#endSec) yield noSpeech(this.#endSec, segment.startSec);
    this.#endSec = segment.endSec;
    yield abstain(segment, this.#options);
  }
}

/** Observations that are closer touch. */
const longestGapSec = 1e-3;
