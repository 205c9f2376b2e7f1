import type { FitData } from "../definition.ts";
import type { DenseRows } from "./design-matrix.ts";
import { fitLinearDiscriminant } from "./linear-discriminant.ts";
import type { LogisticRegression } from "./logistic-regression.ts";
import { tempered } from "./tempered.ts";

interface Candidates {
  /** To choose from. */
  readonly ridges: readonly number[];
  /** The training rows. */
  readonly rows: DenseRows;
  /** Label of each row. */
  readonly labels: Int32Array;
  /** How much each row counts. */
  readonly rowWeights: readonly number[];
  /** The loss of a model on validation. */
  readonly lossOf: (model: LogisticRegression) => number;
}

/** Returns the linear discriminant of the ridge with the least loss on validation, at the temperature that it has there. */
export async function bestDiscriminant(
  { ridges, rows, labels, rowWeights, lossOf }: Candidates,
  { classes, runtime, onIteration }: Pick<FitData, "classes" | "runtime" | "onIteration">,
): Promise<LogisticRegression> {
  let best: { readonly model: LogisticRegression; readonly loss: number } | undefined;
  for (const [done, ridge] of ridges.entries()) {
    const fitted = await fitLinearDiscriminant(rows, labels, {
      classes,
      ridge,
      rowWeights,
      runtime,
      onIteration: async (iteration, loss) =>
        onIteration?.({ done, total: ridges.length, iteration, loss }),
    });
    const model = tempered(fitted, lossOf);
    const loss = lossOf(model);
    if (!best || loss < best.loss) best = { model, loss };
  }
  return best!.model;
}
