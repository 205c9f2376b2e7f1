import type { ClassGaussians } from "../models/ood-distance.ts";

interface LabeledRows {
  /** [rows, width] */
  readonly rows: Float32Array;
  readonly width: number;
  /** [rows] */
  readonly labels: readonly number[];
}

/** The mean of each class that occurs, and what whitens their common covariance, shrunk so that few rows suffice. */
export function fitClassGaussians({ rows, width, labels }: LabeledRows): ClassGaussians {
  const byLabel = new Map<number, Float64Array[]>();
  for (const [index, label] of labels.entries()) {
    const row = Float64Array.from(rows.subarray(index * width, (index + 1) * width));
    const others = byLabel.get(label);
    if (others) others.push(row);
    else byLabel.set(label, [row]);
  }
  const classes = [...byLabel.values()].map((own) => ({ own, mean: meanOf(own) }));
  const residuals = classes.flatMap(({ own, mean }) =>
    own.map((row) => row.map((value, column) => value - mean[column]!)),
  );
  const lower = choleskyFactor(shrunkCovariance(residuals), width);
  return {
    means: classes.map(({ mean }) => Float32Array.from(mean)),
    whitening: Float32Array.from(transposedInverse(lower, width)),
  };
}

function meanOf(rows: readonly Float64Array[]): Float64Array {
  return rows[0]!.map(
    (_, column) => rows.reduce((sum, row) => sum + row[column]!, 0) / rows.length,
  );
}

const leastVariance = 1e-12; // of vectors that are all the same

/**
 * Covariance of rows about 0, [width, width], drawn towards a multiple of the identity.
 * @see Chen et al. 2010, Shrinkage Algorithms for MMSE Covariance Estimation; scikit-learn `OAS`
 */
export function shrunkCovariance(rows: readonly Float64Array[]): Float64Array {
  const width = rows[0]!.length;
  const covariance = new Float64Array(width * width);
  for (const row of rows) {
    for (let i = 0; i < width; i++) {
      const scaled = row[i]! / rows.length;
      for (let j = 0; j < width; j++) covariance[i * width + j]! += scaled * row[j]!;
    }
  }
  let trace = 0;
  for (let i = 0; i < width; i++) trace += covariance[i * width + i]!;
  const variance = trace / width;
  const meanSquare = covariance.reduce((sum, value) => sum + value ** 2, 0) / width ** 2;
  const spread = (rows.length + 1) * (meanSquare - variance ** 2 / width);
  const shrinkage = spread > 0 ? Math.min(1, (meanSquare + variance ** 2) / spread) : 1;
  return covariance.map((value, index) => {
    const onDiagonal = index % (width + 1) === 0;
    return (
      (1 - shrinkage) * value + (onDiagonal ? shrinkage * Math.max(variance, leastVariance) : 0)
    );
  });
}

/** Lower triangle L of a positive definite matrix L · Lᵀ, both [width, width]. */
function choleskyFactor(matrix: Float64Array, width: number): Float64Array {
  const lower = new Float64Array(width * width);
  for (let i = 0; i < width; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i * width + j]!;
      for (let k = 0; k < j; k++) rest -= lower[i * width + k]! * lower[j * width + k]!;
      lower[i * width + j] = i === j ? Math.sqrt(rest) : rest / lower[j * width + j]!;
    }
  }
  return lower;
}

/** (L⁻¹)ᵀ of a lower triangle L, by substitution. */
function transposedInverse(lower: Float64Array, width: number): Float64Array {
  const inverse = new Float64Array(width * width);
  for (let column = 0; column < width; column++) {
    for (let i = column; i < width; i++) {
      let rest = i === column ? 1 : 0;
      for (let k = column; k < i; k++) rest -= lower[i * width + k]! * inverse[column * width + k]!;
      inverse[column * width + i] = rest / lower[i * width + i]!;
    }
  }
  return inverse;
}
