import { equalErrorRate } from "../../src/evaluation/equal-error-rate.ts";

/** An embedding of a window, and whose it is. */
export interface Embedded {
  readonly embedding: Float32Array;
  readonly speaker: string;
  readonly clip: string;
}

/** Returns the equal error rate over all pairs of windows of different clips. */
export function windowError(embedded: readonly Embedded[]): number {
  const scores: number[] = [];
  const isTarget: boolean[] = [];
  for (const [index, a] of embedded.entries()) {
    for (const b of embedded.slice(index + 1)) {
      if (a.clip === b.clip) continue;
      scores.push(a.embedding.reduce((sum, value, i) => sum + value * b.embedding[i]!, 0));
      isTarget.push(a.speaker === b.speaker);
    }
  }
  return equalErrorRate(scores, isTarget);
}

/** Joins the first windows of a speaker's clips two by two: the embeddings of 3 s of speech. */
export function joinedInPairs(embedded: readonly Embedded[]): Embedded[] {
  const pairs: Embedded[] = [];
  let waiting: Embedded | undefined;
  const seen = new Set<string>();
  for (const each of embedded) {
    if (seen.has(each.clip)) continue;
    seen.add(each.clip);
    if (waiting?.speaker !== each.speaker) {
      waiting = each;
      continue;
    }
    const sum = each.embedding.map((value, i) => value + waiting!.embedding[i]!);
    const length = Math.hypot(...sum);
    const { speaker } = each;
    pairs.push({
      embedding: sum.map((value) => value / length),
      speaker,
      clip: `${waiting.clip} ${each.clip}`,
    });
    waiting = undefined;
  }
  return pairs;
}
