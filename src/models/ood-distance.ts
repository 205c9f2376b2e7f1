import { add, multiply, negate, sqrt, subtract } from "../graph/operators/arithmetic.ts";
import { reshape } from "../graph/operators/layout.ts";
import { matMul } from "../graph/operators/matrix.ts";
import { reduceMax, reduceSum } from "../graph/operators/reduce.ts";
import { constant, scalar, type Tensor } from "../graph/tensor.ts";
import type { ModelCard } from "./model-card.ts";

/** What out-of-distribution (OOD) scores are made of. */
export interface OodReference {
  /** How far each embedding is from the training data: [batch, width] → [batch]. */
  distance(embedding: Tensor): Tensor;
  /** What the model card says of the distances. */
  readonly card: Pick<ModelCard, "distances" | "notSpeech">;
}

/** Where a network's embeddings of its training data lie: a Gaussian a class, all of one covariance. */
export interface ClassGaussians {
  /** [width] of each class in the training data. */
  readonly means: readonly Float32Array[];
  /** [width, width]: by it a difference gets unit covariance. */
  readonly whitening: Float32Array;
}

/**
 * Returns the Mahalanobis distance of each embedding to the class that is nearest: [batch, width] → [batch].
 * @see Lee et al. 2018, A Simple Unified Framework for Detecting Out-of-Distribution Samples
 */
export function nearestClass(embedding: Tensor, { means, whitening }: ClassGaussians): Tensor {
  const [batch, width] = embedding.shape;
  const centers = Float32Array.from(means.flatMap((mean) => [...mean]));
  const differences = subtract(
    reshape(embedding, [batch!, 1, width!]),
    constant(centers, [1, means.length, width!]),
  );
  const white = matMul(differences, constant(whitening, [width!, width!])); // [batch, classes, width]
  const squares = reduceSum(multiply(white, white), { axes: [2] });
  return sqrt(negate(reduceMax(negate(squares), { axes: [1] })));
}

/** Returns w · embedding + b: [batch, width] → [batch]; `weights` [width + 1], b at the end. */
export function linearDistance(embedding: Tensor, weights: Float32Array): Tensor {
  const [batch, width] = embedding.shape;
  const factors = constant(weights.slice(0, width), [width!, 1]);
  const shifted = add(matMul(embedding, factors), scalar(weights[width!]!));
  return reshape(shifted, [batch!]);
}

const quantileCount = 101;

/** Returns the quantiles of validation distances for a model card: from the least to the greatest, in steps of 1 % of the clips. */
export function distanceQuantiles(distances: ArrayLike<number>): number[] {
  const sorted = Float64Array.from(distances).toSorted();
  return Array.from({ length: quantileCount }, (_, index) => {
    const place = (index / (quantileCount - 1)) * (sorted.length - 1);
    const [below, above] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!];
    return Number((below + (place % 1) * (above - below)).toPrecision(6));
  });
}

/**
 * Returns the OOD score of a distance, 0 to 1: the probability that nobody speaks, or the share of validation clips that were
 * nearer to the training data; `null` where the card says nothing of distances.
 */
export function oodScore(
  distance: number,
  { distances, notSpeech }: OodReference["card"],
): number | null {
  if (notSpeech) return 1 / (1 + Math.exp(-distance));
  return distances ? shareBelow(distance, distances) : null;
}

/** Returns the share, 0 to 1, of the numbers with these quantiles that are less than a value. */
export function shareBelow(value: number, quantiles: readonly number[]): number {
  let [next, end] = [0, quantiles.length];
  while (next < end) {
    const middle = (next + end) >> 1;
    if (quantiles[middle]! >= value) end = middle;
    else next = middle + 1;
  }
  if (next === quantiles.length) return 1;
  if (next === 0) return 0;
  const [below, above] = [quantiles[next - 1]!, quantiles[next]!];
  const place = next - 1 + (value - below) / (above - below);
  return place / (quantiles.length - 1);
}
