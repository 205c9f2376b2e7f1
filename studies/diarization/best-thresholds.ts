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
  readonly threshold: number;
  readonly overlapThreshold: number;
}

/** Calls and interviews are mostly of two people. */
const twoCount = 2;

const costs = Array.from({ length: 12 }, (_, index) => 2.4 + index / 5);
const probabilities = [0.5, 0.6, 0.7, 0.8];

/** Returns the thresholds of the least error rate, the mean over numbers of speakers, of which two count twice. */
export function bestThresholds(
  conversations: readonly ScoredConversation[],
): Thresholds & { readonly rates: Readonly<Record<string, number>> } {
  const counts = [...new Set(conversations.map(({ speakers }) => speakers))];
  let best: { thresholds: Thresholds; rates: Record<string, number>; rate: number } | undefined;
  for (const overlapThreshold of probabilities) {
    const overlapping = conversations.map((each) => withOverlaps(each, overlapThreshold));
    for (const threshold of costs) {
      const rates: Record<string, number> = {};
      for (const count of counts) {
        const own = overlapping.filter(({ speakers }) => speakers === count);
        rates[count] = pooledDiarizationErrorRate(
          own.map(({ turns, regions }) =>
            diarizationErrors(turns, assignTurns(regions, { threshold })),
          ),
        );
      }
      const all = Object.entries(rates).map(([n, rate]) => (n === "2" ? twoCount : 1) * rate);
      const rate = all.reduce((sum, value) => sum + value, 0);
      if (!best || rate < best.rate)
        best = { thresholds: { threshold, overlapThreshold }, rates, rate };
    }
  }
  return { ...best!.thresholds, rates: best!.rates };
}

function withOverlaps(
  { speakers, turns, regions }: ScoredConversation,
  threshold: number,
): { speakers: number; turns: readonly Turn[]; regions: EmbeddedRegion[] } {
  const found = regions.map(({ overlap, perSec, ...region }) => ({
    ...region,
    overlaps: overlapsIn(overlap, { perSec, threshold }).map(({ startSec, endSec }) => ({
      startSec: region.startSec + startSec,
      endSec: region.startSec + endSec,
    })),
  }));
  return { speakers, turns, regions: found };
}
