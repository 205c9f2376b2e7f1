import { meanConcordance } from "../../evaluation/regression.ts";
import type { FitData } from "../definition.ts";
import type { Example } from "../example.ts";
import { rowMoments } from "../layer-statistics.ts";
import type { DesignMatrix } from "./design-matrix.ts";
import { fitRidgeRegression, ridgeValues, type RidgeRegression } from "./ridge-regression.ts";

/** Falling, so that each fit begins near its end. */
const penalties = [30, 10, 3, 1, 0.3, 0.1, 0.03];

interface RidgeData {
  /** The training rows. */
  readonly rows: DesignMatrix;
  /** Ratings [dimensions] of each row. */
  readonly ratings: readonly (readonly number[])[];
  /** How much each row counts. */
  readonly rowWeights: readonly number[];
  /** The rows of validation. */
  readonly validationRows: DesignMatrix;
  readonly validation: readonly Example[];
}

/** Returns the ridge regression of the penalty with the highest CCC on validation, the mean over the dimensions. */
export async function bestRidge(
  { rows, ratings, rowWeights, validationRows, validation }: RidgeData,
  { classes: outputs, onIteration }: Pick<FitData, "classes" | "onIteration">,
): Promise<RidgeRegression> {
  const { mean, deviation } = rowMoments(ratings.map((row) => Float32Array.from(row)));
  const targets = Float64Array.from(
    ratings.flatMap((row) => row.map((rating, i) => (rating - mean[i]!) / deviation[i]!)),
  );
  let best: { readonly model: RidgeRegression; readonly score: number } | undefined;
  let start: RidgeRegression | undefined;
  for (const [done, penalty] of penalties.entries()) {
    start = await fitRidgeRegression(rows, targets, {
      outputs,
      penalty,
      rowWeights,
      start,
      onIteration: async (iteration, loss) =>
        onIteration?.({ done, total: penalties.length, iteration, loss }),
    });
    const model = inUnitsOf(start, { mean, deviation });
    const predicted = predictValues(model, validationRows);
    const pairs = validation.map(({ dimensions }, row) => ({
      actual: dimensions!,
      predicted: predicted[row]!,
    }));
    const score = meanConcordance(pairs, outputs);
    if (!best || score > best.score) best = { model, score };
  }
  return best!.model;
}

/** The model of standardized ratings as one of the ratings themselves. */
function inUnitsOf(
  { outputs, weights }: RidgeRegression,
  { mean, deviation }: ReturnType<typeof rowMoments>,
): RidgeRegression {
  const scaled = weights.map((weight, i) => weight * deviation[i % outputs]!);
  for (let i = 0; i < outputs; i++) scaled[scaled.length - outputs + i]! += mean[i]!;
  return { outputs, weights: scaled };
}

/** Returns the values [outputs] of each row. */
export function predictValues(model: RidgeRegression, rows: DesignMatrix): number[][] {
  const { outputs } = model;
  const all = ridgeValues(model, rows);
  return Array.from({ length: all.length / outputs }, (_, row) => [
    ...all.subarray(row * outputs, (row + 1) * outputs),
  ]);
}
