import { assignTurns } from "../../src/diarization/diarize.ts";
import { overlapsIn } from "../../src/diarization/overlap-head.ts";
import { diarizationErrors, pooledDiarizationErrorRate } from "../../src/evaluation/diarization.ts";
import type { EmbeddedRegion } from "../../src/diarization/resegment.ts";
import type { Turn } from "../../src/shared/turns.ts";

/** A conversation of so many speakers, with what diarization decides by. */
export interface ScoredConversation {
  readonly speakers: number;
  readonly turns: readonly Turn[];
  readonly regions: readonly (Omit<EmbeddedRegion, "overlaps"> & {
    /** Probabilities of overlap, so many a second. */
    readonly overlap: Float32Array;
    readonly perSec: number;
  })[];
}

interface Thresholds {
  readonly apart: number;
  readonly chanceSec: number;
  readonly overlapThreshold: number;
}

/** Calls and interviews are mostly of two people, dictations and voice messages of one. */
const weights: Readonly<Record<string, number>> = { 1: 2, 2: 2 };

const distances = [0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65];
const chances = [1.5, 2, 2.5, 3, 3.5, 4];
const probabilities = [0.5, 0.6, 0.7, 0.8];

type Rates = Readonly<Record<string, number>>;

/** Returns the thresholds of the least error rate, the mean over numbers of speakers, of which one and two count twice. */
export function bestThresholds(
  conversations: readonly ScoredConversation[],
): Thresholds & { readonly rates: Rates } {
  const speakers = distances.flatMap((apart) =>
    chances.map((chanceSec) => ({ apart, chanceSec, overlapThreshold: 0.5 })),
  );
  const { rates: _, ...found } = bestOf(speakers, conversations);
  const overlaps = probabilities.map((overlapThreshold) => ({ ...found, overlapThreshold }));
  return bestOf(overlaps, conversations);
}

function bestOf(
  candidates: readonly Thresholds[],
  conversations: readonly ScoredConversation[],
): Thresholds & { readonly rates: Rates } {
  const rated = candidates.map((each) => ({ ...each, rates: ratesOf(each, conversations) }));
  const [best] = rated.toSorted((a, b) => weighted(a.rates) - weighted(b.rates));
  return best!;
}

const weighted = (rates: Rates): number =>
  Object.entries(rates).reduce((sum, [count, rate]) => sum + (weights[count] ?? 1) * rate, 0);

/** Error rates by the number of speakers. */
function ratesOf(thresholds: Thresholds, conversations: readonly ScoredConversation[]): Rates {
  const rates: Record<string, number> = {};
  for (const count of new Set(conversations.map(({ speakers }) => speakers))) {
    const own = conversations
      .filter(({ speakers }) => speakers === count)
      .map((each) => withOverlaps(each, thresholds.overlapThreshold));
    rates[count] = pooledDiarizationErrorRate(
      own.map(({ turns, regions }) => diarizationErrors(turns, assignTurns(regions, thresholds))),
    );
  }
  return rates;
}

function withOverlaps(
  { turns, regions }: ScoredConversation,
  threshold: number,
): { turns: readonly Turn[]; regions: EmbeddedRegion[] } {
  const found = regions.map(({ overlap, perSec, ...region }) => ({
    ...region,
    overlaps: overlapsIn(overlap, { perSec, threshold }).map(({ startSec, endSec }) => ({
      startSec: region.startSec + startSec,
      endSec: region.startSec + endSec,
    })),
  }));
  return { turns, regions: found };
}
