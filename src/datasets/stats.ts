import { labelsOf, type Manifest, type Sex, speakersOf } from "./manifest.ts";
import type { ClipMeasure } from "./measure.ts";

/** Clips of each label, in the order of label indices. */
export type LabelCounts = Readonly<Record<string, number>>;

/** What a corpus holds: counts of clips, and their lengths in seconds. */
export interface CorpusStats {
  readonly corpus: string;
  readonly clips: number;
  readonly emotions: LabelCounts;
  readonly sexes: Readonly<Record<Sex | "unknown", number>>;
  readonly speakers: readonly {
    readonly speakerId: string;
    readonly sex: Sex | "unknown";
    readonly clips: number;
    readonly emotions: LabelCounts;
  }[];
  readonly lengthSec: {
    readonly total: number;
    readonly min: number;
    readonly p5: number;
    readonly p25: number;
    readonly median: number;
    readonly p75: number;
    readonly p95: number;
    readonly max: number;
  };
  /** Clips whose sound could not be read; they count above and not in the lengths. */
  readonly unreadable: number;
}

/** Counts the clips of a corpus and sums up the lengths that `measureClips` found. */
export function corpusStats(manifest: Manifest, measures: readonly ClipMeasure[]): CorpusStats {
  const { corpus, clips } = manifest;
  const labels = labelsOf(clips);
  const lengths = measures
    .flatMap((measure) => ("error" in measure ? [] : [measure.durationSec]))
    .toSorted((a, b) => a - b);
  const sexes = { female: 0, male: 0, unknown: 0 };
  for (const clip of clips) sexes[sexOf(clip)]++;
  return {
    corpus,
    clips: clips.length,
    emotions: countLabels(clips, labels),
    sexes,
    speakers: speakersOf(clips).map((speakerId) => {
      const own = clips.filter((clip) => clip.speakerId === speakerId);
      return {
        speakerId,
        sex: sexOf(own[0]),
        clips: own.length,
        emotions: countLabels(own, labels),
      };
    }),
    lengthSec: {
      total: lengths.reduce((sum, length) => sum + length, 0),
      min: quantile(lengths, 0),
      p5: quantile(lengths, 0.05),
      p25: quantile(lengths, 0.25),
      median: quantile(lengths, 0.5),
      p75: quantile(lengths, 0.75),
      p95: quantile(lengths, 0.95),
      max: quantile(lengths, 1),
    },
    unreadable: clips.length - lengths.length,
  };
}

const sexOf = (clip: { readonly sex?: Sex } | undefined): Sex | "unknown" => clip?.sex ?? "unknown";

/** Counts the clips of each label. */
export function countLabels(
  clips: readonly { readonly emotion: string }[],
  labels: readonly string[],
): LabelCounts {
  const counts = Object.fromEntries(labels.map((label) => [label, 0]));
  for (const { emotion } of clips) counts[emotion]!++;
  return counts;
}

/** Linear between the sorted values, as numpy's default; 0 for none. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const below = sorted[Math.floor(place)] ?? 0;
  const above = sorted[Math.ceil(place)] ?? 0;
  return below + (place - Math.floor(place)) * (above - below);
}
