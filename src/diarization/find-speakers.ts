import { agglomerate, joined, similarityOf, type Cluster } from "./agglomerate.ts";

/** Embeddings that are clustered at once; longer recordings are first condensed part by part. */
const mostAtOnce = 800;
/** To so many clusters that each part is condensed. */
const condensedTo = 60;
/** Mean cosine from which on neighbors in a region are of one speaker. */
const neighborSimilarity = 0.6;
/** A speaker of their own speaks at least so long or, in short recordings, this share of all speech. */
const leastSpeech = { sec: 5, share: 0.1 } as const;

export interface SpeakerCount {
  /** How many there are, where it is known. */
  readonly speakers?: number | undefined;
  /** Mean cosine below which two clusters are two speakers. */
  readonly threshold: number;
}

/** An embedding, and for how much speech it stands. */
export interface WeightedEmbedding {
  readonly embedding: Float32Array;
  readonly sec: number;
}

/**
 * Returns the mean direction of each speaker, unit vectors, found by agglomerative clustering of the embeddings of regions, which count by
 * their seconds. What follows each other in a region is joined first, as long as it is alike. Time grows with the length of the recording,
 * not with its square: parts are condensed.
 */
export function findSpeakers(
  regions: readonly (readonly WeightedEmbedding[])[],
  count: SpeakerCount,
): Float32Array[] {
  let index = 0;
  const joinedRegions = regions.flatMap((region) =>
    joinNeighbors(
      region.map(({ embedding, sec }) => ({
        sum: Float64Array.from(embedding, (value) => value * sec),
        weight: sec,
        members: [index++],
      })),
    ),
  );
  const clusters = condense(joinedRegions);
  const chosen =
    count.speakers === undefined
      ? cutAt(clusters, count.threshold)
      : cutInto(clusters, count.speakers);
  return chosen.map(({ sum }) => unit(sum));
}

/** Joins the most similar neighbors again and again, as long as they are alike. */
function joinNeighbors(windows: readonly Cluster[]): Cluster[] {
  const left = [...windows];
  for (;;) {
    let best = -1;
    let most = neighborSimilarity;
    for (let i = 0; i + 1 < left.length; i++) {
      const similarity = similarityOf(left[i]!, left[i + 1]!);
      if (similarity < most) continue;
      best = i;
      most = similarity;
    }
    if (best < 0) return left;
    left.splice(best, 2, joined(left[best]!, left[best + 1]!));
  }
}

function condense(clusters: readonly Cluster[]): readonly Cluster[] {
  if (clusters.length <= mostAtOnce) return clusters;
  const parts = Math.ceil(clusters.length / mostAtOnce);
  const length = Math.ceil(clusters.length / parts);
  const condensed = Array.from({ length: parts }, (_, part) =>
    clusters.slice(part * length, (part + 1) * length),
  ).flatMap((part) => {
    for (const step of agglomerate(part))
      if (step.clusters.length <= condensedTo) return step.clusters;
    return part;
  });
  return condense(condensed);
}

/** Joins clusters until none are as similar as the threshold; those of little speech are left out, but for the largest. */
function cutAt(given: readonly Cluster[], threshold: number): readonly Cluster[] {
  let last = given;
  for (const { similarity, clusters } of agglomerate(given)) {
    if (similarity < threshold) break;
    last = clusters;
  }
  const bySize = last.toSorted((a, b) => b.weight - a.weight);
  return bySize.filter(({ weight }, index) => index === 0 || weight >= leastOf(last));
}

/** The last step at which so many clusters are speakers of their own, or else that with so many clusters. */
function cutInto(given: readonly Cluster[], speakers: number): readonly Cluster[] {
  const leastSec = leastOf(given);
  let best = given;
  for (const { clusters } of agglomerate(given)) {
    if (clusters.length < speakers) break;
    const largest = clusters.toSorted((a, b) => b.weight - a.weight).slice(0, speakers);
    const isEnough = largest.at(-1)!.weight >= leastSec;
    if (isEnough || (clusters.length === speakers && best.length > speakers)) best = largest;
  }
  return best;
}

function leastOf(clusters: readonly Cluster[]): number {
  const speechSec = clusters.reduce((sum, { weight }) => sum + weight, 0);
  return Math.min(leastSpeech.sec, leastSpeech.share * speechSec);
}

function unit(vector: Float64Array): Float32Array {
  const length = Math.hypot(...vector);
  return Float32Array.from(vector, (value) => value / (length || 1));
}
