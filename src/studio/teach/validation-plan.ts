import type { TaughtClip } from "./taught-clip.ts";

/** Why a score would tell nothing: so few of what there must be more of. */
export interface TooFew {
  readonly what: "groups" | "clips-of-label" | "groups-of-label" | "held-out-groups";
  /** The label with the fewest. */
  readonly label: string | null;
  readonly have: number;
  readonly need: number;
}

/** How taught clips are held out. */
export interface ValidationPlan {
  /** What never crosses folds: speakers where five or more are known, else recordings. */
  readonly by: "speaker" | "recording";
  /** Speaker or recording of each clip, [clips]. */
  readonly groups: readonly string[];
  /** Fold of each clip, from 0, [clips]. */
  readonly folds: readonly number[];
  /** 1 where nothing can be held out. */
  readonly foldCount: number;
  /** `null` where a score tells something. */
  readonly tooFew: TooFew | null;
}

/** The bootstrap gives no interval for fewer. */
export const fewestGroups = 5;
/** Fewer clips make steps of the recall of a label of more than 20 %. */
const fewestClips = 5;
const mostFolds = 5;

/**
 * Returns how clips are held out: in up to five folds by speaker or recording, each label spread over them. A score tells
 * something from five groups on, with five clips of each label, from two groups or more.
 */
export function planValidation(
  clips: readonly Pick<TaughtClip, "label" | "recordingId" | "speaker">[],
): ValidationPlan {
  const speakers = new Set(clips.map(({ speaker }) => speaker));
  const by = !speakers.has(null) && speakers.size >= fewestGroups ? "speaker" : "recording";
  const groups = clips.map(({ speaker, recordingId }) =>
    by === "speaker" ? speaker! : recordingId,
  );
  const members = new Map<string, number[]>();
  for (const [index, group] of groups.entries())
    members.set(group, [...(members.get(group) ?? []), index]);
  const foldCount = Math.max(1, Math.min(mostFolds, members.size));
  const folds = clips.map(() => 0);
  const labels = clips.map(({ label }) => label);
  const spread = new FoldSpread(labels, foldCount);
  for (const own of [...members.values()].toSorted((a, b) => b.length - a.length)) {
    const fold = spread.place(own.map((index) => labels[index]!));
    for (const index of own) folds[index] = fold;
  }
  return { by, groups, folds, foldCount, tooFew: tooFewOf(labels, groups) };
}

/** Places groups of clips so that each fold gets its share of each label. */
class FoldSpread {
  readonly #totals = new Map<string, number>();
  readonly #folds: { size: number; readonly labels: Map<string, number> }[];

  constructor(labels: readonly string[], foldCount: number) {
    for (const label of labels) increase(this.#totals, label);
    this.#folds = Array.from({ length: foldCount }, () => ({ size: 0, labels: new Map() }));
  }

  /** Returns the fold that has the least of the group's labels so far, the smallest of several. */
  place(labels: readonly string[]): number {
    const crowding = this.#folds.map((fold) =>
      labels.reduce(
        (sum, label) => sum + (fold.labels.get(label) ?? 0) / this.#totals.get(label)!,
        0,
      ),
    );
    const best = this.#folds.reduce((least, fold, index) => {
      const difference = crowding[index]! - crowding[least]!;
      const isBetter = difference < 0 || (difference === 0 && fold.size < this.#folds[least]!.size);
      return isBetter ? index : least;
    }, 0);
    const fold = this.#folds[best]!;
    fold.size += labels.length;
    for (const label of labels) increase(fold.labels, label);
    return best;
  }
}

function increase(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function tooFewOf(labels: readonly string[], groups: readonly string[]): TooFew | null {
  const have = new Set(groups).size;
  if (have < fewestGroups) return { what: "groups", label: null, have, need: fewestGroups };
  const ofLabel = (label: string) => groups.filter((_, index) => labels[index] === label);
  const fewest = [...new Set(labels)]
    .map((label) => ({ label, clips: ofLabel(label).length, groups: new Set(ofLabel(label)).size }))
    .toSorted((a, b) => a.clips - b.clips);
  const [rarest] = fewest;
  if (rarest && rarest.clips < fewestClips) {
    return { what: "clips-of-label", label: rarest.label, have: rarest.clips, need: fewestClips };
  }
  const alone = fewest.find((each) => each.groups < 2);
  if (alone) return { what: "groups-of-label", label: alone.label, have: 1, need: 2 };
  return null;
}
