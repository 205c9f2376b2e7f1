import { multiply, negate, sqrt, subtract } from "../graph/operators/arithmetic.ts";
import { reshape } from "../graph/operators/layout.ts";
import { matMul } from "../graph/operators/matrix.ts";
import { reduceMax, reduceSum } from "../graph/operators/reduce.ts";
import { constant, type Tensor } from "../graph/tensor.ts";

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

/** Returns the OOD score of a distance: the share of validation clips that were nearer to the training data, 0 to 1. */
export function oodScoreAt(distance: number, quantiles: readonly number[]): number {
  const next = quantiles.findIndex((quantile) => quantile >= distance);
  if (next <= 0) return next === 0 ? 0 : 1;
  const [below, above] = [quantiles[next - 1]!, quantiles[next]!];
  const place = next - 1 + (distance - below) / (above - below);
  return place / (quantiles.length - 1);
}
