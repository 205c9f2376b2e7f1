import { agglomerate, joined, type Cluster } from "./agglomerate.ts";

/** Embeddings that are clustered at once; longer recordings are first condensed part by part. */
const mostAtOnce = 800;
/** To so many clusters that each part is condensed. */
const condensedTo = 60;
/** Cosine from which on neighbors in a region are of one speaker. */
const neighborSimilarity = 0.8;
/** A speaker of their own speaks at least so long; in short recordings this share of all speech, but never less than the least. */
const leastSpeech = { sec: 5, share: 0.1, leastSec: 1.5 } as const;

export interface SpeakerCount {
  /** How many there are, where it is known. */
  readonly speakers?: number | undefined;
  /** Two clusters of long speech are two speakers where the square of the distance between their means is at least this. */
  readonly apart: number;
  /** By chance it is more in short speech: by so many seconds over those of each. */
  readonly chanceSec: number;
}

/** A unit vector from the mean of the recording, and for how much speech it stands. */
export interface WeightedEmbedding {
  readonly embedding: Float32Array;
  readonly sec: number;
}

/**
 * Returns the mean direction of each speaker, unit vectors, found by agglomerative clustering of embeddings around zero, which count by
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
  if (count.speakers !== undefined) return directions(cutInto(clusters, count.speakers));
  return directions(cutAt(clusters, count));
}

const directions = (clusters: readonly Cluster[]): Float32Array[] =>
  clusters.map(({ sum }) => unit(sum));

/** Joins the most similar neighbors again and again, as long as they are alike. */
function joinNeighbors(windows: readonly Cluster[]): Cluster[] {
  const left = [...windows];
  for (;;) {
    let best = -1;
    let most = neighborSimilarity;
    for (let i = 0; i + 1 < left.length; i++) {
      const similarity = cosine(left[i]!.sum, left[i + 1]!.sum);
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

/** Joins clusters until two speakers would be one; clusters of little speech are left out, but for the largest. */
function cutAt(given: readonly Cluster[], count: SpeakerCount): readonly Cluster[] {
  const steps = [...agglomerate(given)];
  const leastSec = leastOf(given);
  const next = steps.findIndex(({ cost, clusters }, index) => {
    if (index === 0) return false;
    const [a, b] = steps[index - 1]!.clusters.filter((each) => !clusters.includes(each));
    if (Math.min(a!.weight, b!.weight) < leastSec) return false;
    // Ward's cost is the square of the distance over this.
    const perSec = 1 / a!.weight + 1 / b!.weight;
    return cost * perSec >= count.apart + count.chanceSec * perSec;
  });
  const last = next < 0 ? steps.at(-1)! : steps[next - 1]!;
  const bySize = last.clusters.toSorted((a, b) => b.weight - a.weight);
  return bySize.filter(({ weight }, index) => index === 0 || weight >= leastSec);
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

function cosine(a: Float64Array, b: Float64Array): number {
  let product = 0;
  for (const [i, value] of a.entries()) product += value * b[i]!;
  return product / (Math.hypot(...a) * Math.hypot(...b) || 1);
}

function leastOf(clusters: readonly Cluster[]): number {
  const speechSec = clusters.reduce((sum, { weight }) => sum + weight, 0);
  const { sec, share, leastSec } = leastSpeech;
  return Math.max(leastSec, Math.min(sec, share * speechSec));
}

/** Returns the direction of a vector; zero for zero. */
export function unit(vector: Float32Array | Float64Array): Float32Array {
  const length = Math.hypot(...vector);
  return Float32Array.from(vector, (value) => value / (length || 1));
}
