import type { SpeechRegion } from "../audio/speech-activity.ts";

/** A window with its embedding, a unit vector. */
export interface EmbeddedWindow extends SpeechRegion {
  readonly embedding: Float32Array;
}

export interface EmbeddedRegion extends SpeechRegion {
  readonly windows: readonly EmbeddedWindow[];
  /** Where two speak at once. */
  readonly overlaps: readonly SpeechRegion[];
}

/** One speaker's part of a region. */
export interface SpeakerSpan extends SpeechRegion {
  /** From 0. */
  readonly speaker: number;
}

const stepSec = 0.1;
/** How much a step's cosine counts against a change of speaker. */
const changeCost = 1.5;
/** Across a pause a change costs as much less. */
const pauseShare = 0.5;

/**
 * Returns who speaks when within regions, most likely of all (Viterbi): each step of 0.1 s is as like a speaker as the windows over it
 * are, those in whose middle it lies most of all, and each change costs, in a pause less. `centroids` are unit vectors.
 */
export function resegment(
  regions: readonly EmbeddedRegion[],
  centroids: readonly Float32Array[],
): SpeakerSpan[] {
  const steps = regions.flatMap((region, index) =>
    stepsOf(region, centroids).map((step) => ({ ...step, region: index })),
  );
  const cameFrom: number[][] = [];
  let scores = centroids.map(() => 0);
  for (const [t, step] of steps.entries()) {
    const isNew = t > 0 && steps[t - 1]!.region !== step.region;
    const cost = changeCost * (isNew ? pauseShare : 1);
    const best = scores.indexOf(Math.max(...scores));
    const sources = scores.map((score, k) => (scores[best]! - cost > score ? best : k));
    scores = sources.map((from, k) => scores[from]! - (from === k ? 0 : cost) + step.likeness[k]!);
    cameFrom.push(sources);
  }
  const spans: { startSec: number; endSec: number; speaker: number; region: number }[] = [];
  let speaker = scores.indexOf(Math.max(...scores));
  for (let t = steps.length - 1; t >= 0; t--) {
    const { startSec, endSec, region } = steps[t]!;
    const next = spans.at(-1);
    if (next !== undefined && next.speaker === speaker && next.region === region) {
      next.startSec = startSec;
    } else spans.push({ startSec, endSec, speaker, region });
    speaker = cameFrom[t]![speaker]!;
  }
  return spans
    .toReversed()
    .map(({ startSec, endSec, speaker: own }) => ({ startSec, endSec, speaker: own }));
}

/** Steps of one region, and the likeness of each to each speaker. */
function stepsOf(
  { startSec, endSec, windows }: EmbeddedRegion,
  centroids: readonly Float32Array[],
): { startSec: number; endSec: number; likeness: number[] }[] {
  const cosines = windows.map(({ embedding }) => centroids.map((each) => dot(each, embedding)));
  const count = Math.max(1, Math.round((endSec - startSec) / stepSec));
  const lengthSec = (endSec - startSec) / count;
  return Array.from({ length: count }, (_, step) => {
    const centerSec = startSec + (step + 0.5) * lengthSec;
    const likeness = centroids.map(() => 0);
    let total = 0;
    for (const [w, window] of windows.entries()) {
      const halfSec = (window.endSec - window.startSec) / 2;
      const apart = Math.abs(centerSec - window.startSec - halfSec) / halfSec;
      if (apart >= 1) continue;
      const weight = 1 - apart + 1e-3;
      total += weight;
      for (const k of centroids.keys()) likeness[k]! += weight * cosines[w]![k]!;
    }
    return {
      startSec: startSec + step * lengthSec,
      endSec: startSec + (step + 1) * lengthSec,
      likeness: likeness.map((sum) => sum / (total || 1)),
    };
  });
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
