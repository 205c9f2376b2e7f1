/** Means, variances and covariance of two arrays, each divided by the number of samples. */
function moments(yTrue: ArrayLike<number>, yPred: ArrayLike<number>) {
  const { length } = yTrue;
  if (yPred.length !== length) {
    throw new RangeError(
      `yTrue and yPred must be of one length, got ${length} and ${yPred.length}`,
    );
  }
  let [meanTrue, meanPred] = [0, 0];
  for (let i = 0; i < length; i++) {
    meanTrue += yTrue[i]! / length;
    meanPred += yPred[i]! / length;
  }
  let [varianceTrue, variancePred, covariance] = [0, 0, 0];
  for (let i = 0; i < length; i++) {
    const [a, b] = [yTrue[i]! - meanTrue, yPred[i]! - meanPred];
    varianceTrue += (a * a) / length;
    variancePred += (b * b) / length;
    covariance += (a * b) / length;
  }
  return { meanTrue, meanPred, varianceTrue, variancePred, covariance };
}

const quotient = (dividend: number, divisor: number): number =>
  divisor > 0 ? dividend / divisor : 0;

/**
 * Returns Lin's concordance correlation coefficient in −1..1: how near values lie to the diagonal, in correlation, spread and mean.
 * @throws RangeError when the arrays differ in length
 * @see Lin, A Concordance Correlation Coefficient to Evaluate Reproducibility, 1989
 * @example
 * ```ts
 * import { ccc } from "undertone/metrics";
 *
 * const score = ccc([1, 2, 3], [2, 3, 4]); // → 0.571429
 * ```
 */
export function ccc(yTrue: ArrayLike<number>, yPred: ArrayLike<number>): number {
  const { meanTrue, meanPred, varianceTrue, variancePred, covariance } = moments(yTrue, yPred);
  return quotient(2 * covariance, varianceTrue + variancePred + (meanTrue - meanPred) ** 2);
}

/**
 * Returns Pearson's correlation in −1..1; 0 where one of the arrays does not vary.
 * @throws RangeError when the arrays differ in length
 * @see numpy `corrcoef`
 * @example
 * ```ts
 * import { pearson } from "undertone/metrics";
 *
 * const score = pearson([1, 2, 3], [2, 4, 6]); // → 1
 * ```
 */
export function pearson(yTrue: ArrayLike<number>, yPred: ArrayLike<number>): number {
  const { varianceTrue, variancePred, covariance } = moments(yTrue, yPred);
  return quotient(covariance, Math.sqrt(varianceTrue * variancePred));
}

/**
 * Returns the root of the mean squared difference, on the scale of the values.
 * @throws RangeError when the arrays differ in length
 * @see scikit-learn `root_mean_squared_error`
 * @example
 * ```ts
 * import { rmse } from "undertone/metrics";
 *
 * const error = rmse([1, 2], [2, 1]); // → 1
 * ```
 */
export function rmse(yTrue: ArrayLike<number>, yPred: ArrayLike<number>): number {
  const { meanTrue, meanPred, varianceTrue, variancePred, covariance } = moments(yTrue, yPred);
  const variance = varianceTrue + variancePred - 2 * covariance;
  return Math.sqrt(Math.max(0, variance) + (meanTrue - meanPred) ** 2);
}

/** Returns the mean CCC of so many dimensions of clips, `actual` and `predicted` [dimensions] each. */
export function meanConcordance(
  clips: readonly { readonly actual: readonly number[]; readonly predicted: readonly number[] }[],
  dimensions: number,
): number {
  let sum = 0;
  for (let index = 0; index < dimensions; index++) {
    sum += ccc(
      clips.map(({ actual }) => actual[index]!),
      clips.map(({ predicted }) => predicted[index]!),
    );
  }
  return sum / dimensions;
}
