import { addOuterProducts, addProducts, rowCountOf, type DesignMatrix } from "./design-matrix.ts";
import { minimize, type OnIteration } from "./lbfgs.ts";

/** A linear model of values: values = row · weights + intercepts. */
export interface RidgeRegression {
  readonly outputs: number;
  /** [columns + 1, outputs], the intercepts in the last row. */
  readonly weights: Float64Array;
}

export interface RidgeOptions {
  readonly outputs: number;
  /** Of large weights: the loss is ½ · (mean squared error + penalty · Σ w²). */
  readonly penalty: number;
  /** How much each row counts, [rows]. */
  readonly rowWeights: readonly number[];
  /** Where to begin: a model of the same shape, such as one of a larger penalty. */
  readonly start?: RidgeRegression | undefined;
  /** Of the loss's gradient. */
  readonly tolerance?: number;
  readonly maxIterations?: number;
  /** Awaited before each iteration; what it throws ends the fit. */
  readonly onIteration?: OnIteration | undefined;
}

/**
 * Linear least squares with an L2 penalty on the weights and none on the intercepts. `targets` [rows, outputs].
 * @see scikit-learn `Ridge(alpha=penalty · rows)`
 */
export async function fitRidgeRegression(
  rows: DesignMatrix,
  targets: Float64Array,
  options: RidgeOptions,
): Promise<RidgeRegression> {
  const { outputs, penalty, rowWeights, start, tolerance = 1e-4, maxIterations = 300 } = options;
  const total = rowWeights.reduce((sum, weight) => sum + weight, 0);
  const penalized = rows.columnCount * outputs; // the intercepts stand behind
  const objective = async (weights: Float64Array, gradient: Float64Array): Promise<number> => {
    let loss = 0;
    const residuals = ridgeValues({ outputs, weights }, rows);
    gradient.fill(0);
    for (let i = 0; i < residuals.length; i++) {
      const share = rowWeights[Math.floor(i / outputs)]! / total;
      const difference = residuals[i]! - targets[i]!;
      loss += 0.5 * share * difference ** 2;
      residuals[i] = share * difference;
      gradient[penalized + (i % outputs)]! += residuals[i]!;
    }
    addOuterProducts(rows, residuals, gradient);
    for (let i = 0; i < penalized; i++) {
      loss += 0.5 * penalty * weights[i]! ** 2;
      gradient[i]! += penalty * weights[i]!;
    }
    return loss;
  };
  const initial = start?.weights ?? new Float64Array((rows.columnCount + 1) * outputs);
  const walk = { tolerance, maxIterations, onIteration: options.onIteration };
  return { outputs, weights: await minimize(objective, initial, walk) };
}

/** Returns the values of each row, [rows, outputs], row-major. */
export function ridgeValues(
  { outputs, weights }: RidgeRegression,
  rows: DesignMatrix,
): Float64Array {
  const values = new Float64Array(rowCountOf(rows) * outputs);
  const intercepts = weights.subarray(rows.columnCount * outputs);
  for (let at = 0; at < values.length; at += outputs) values.set(intercepts, at);
  addProducts(rows, weights, values);
  return values;
}
