import type { Prediction } from "../../evaluation/prediction.ts";
import type { FitData } from "../definition.ts";
import type { Example } from "../example.ts";
import type { DesignMatrix } from "./design-matrix.ts";
import {
  fitLogisticRegression,
  probabilities,
  type LogisticRegression,
  type LogisticRegressionOptions,
} from "./logistic-regression.ts";

/** A logistic regression, and the C that validation chose for it. */
interface BestRegression {
  readonly c: number;
  readonly model: LogisticRegression;
}

interface Candidates {
  /** To choose from, rising. */
  readonly cs: readonly number[];
  /** The training rows. */
  readonly rows: DesignMatrix;
  /** Label of each row. */
  readonly labels: Int32Array;
  /** How much each row counts. */
  readonly rowWeights: readonly number[];
  /** Classes among which each row's is, [rows]; all by default. */
  readonly rowClasses?: LogisticRegressionOptions["rowClasses"];
  /** Weights each label by how rare it is. */
  readonly balanced?: boolean;
  /** The rows of validation. */
  readonly validation: DesignMatrix;
  /** How good probabilities [classes] of each validation example are. */
  readonly score: (predictions: readonly (readonly number[])[]) => number;
}

/** Returns the logistic regression of the C with the best score on validation, each fit begun at the one before. */
export async function bestRegression(
  candidates: Candidates,
  { classes, runtime, onIteration }: Pick<FitData, "classes" | "runtime" | "onIteration">,
): Promise<BestRegression> {
  const { cs, rows, labels, rowWeights, rowClasses, balanced = false } = candidates;
  const { validation, score } = candidates;
  let best: (BestRegression & { readonly score: number }) | undefined;
  let start: LogisticRegression | undefined;
  for (const [done, c] of cs.entries()) {
    const model = await fitLogisticRegression(rows, labels, {
      classes,
      c,
      balanced,
      rowWeights,
      rowClasses,
      start,
      runtime,
      onIteration: async (iteration, loss) =>
        onIteration?.({ done, total: cs.length, iteration, loss }),
    });
    start = model;
    const reached = score(predictRows(model, validation));
    if (!best || reached > best.score) best = { c, model, score: reached };
  }
  return best!;
}

/** Returns the probabilities [classes] of each row. */
export function predictRows(model: LogisticRegression, rows: DesignMatrix): number[][] {
  const { classes } = model;
  const all = probabilities(model, rows);
  return Array.from({ length: all.length / classes }, (_, row) => [
    ...all.subarray(row * classes, (row + 1) * classes),
  ]);
}

/** Returns examples with their probabilities, as metrics take them. */
export function scored(
  examples: readonly Example[],
  predictions: readonly (readonly number[])[],
): Pick<Prediction, "id" | "actual" | "probabilities">[] {
  return examples.map(({ id, label }, row) => ({
    id,
    actual: label,
    probabilities: predictions[row]!,
  }));
}
