import { bootstrap, type Estimate } from "../../evaluation/bootstrap.ts";
import { confusionMatrix, uar } from "../../evaluation/classification.ts";
import { predictedLabel } from "../../evaluation/prediction.ts";
import { fewestGroups, type TooFew, type ValidationPlan } from "./validation-plan.ts";

/** How well held-out clips were predicted. */
export interface TaughtScore {
  /** Unweighted average recall, with a 95 % interval by resampling groups. */
  readonly uar: Estimate;
  readonly by: ValidationPlan["by"];
  readonly groups: number;
  readonly clips: number;
  /** [true label][predicted label] */
  readonly confusion: readonly (readonly number[])[];
}

/** Predictions of clips by models that were not trained on them, [clips]; `null` for clips that were not held out. */
export type HeldOut = readonly (readonly number[] | null)[];

/** Returns the score of held-out predictions, or why there is none. */
export function scoreHeldOut(
  heldOut: HeldOut,
  labels: readonly number[],
  { plan, classes }: { readonly plan: ValidationPlan; readonly classes: number },
): { readonly score: TaughtScore } | { readonly tooFew: TooFew } {
  if (plan.tooFew) return { tooFew: plan.tooFew };
  const scored = heldOut.flatMap((probabilities, clip) =>
    probabilities ? [{ probabilities, clip }] : [],
  );
  const groups = scored.map(({ clip }) => plan.groups[clip]!);
  const yTrue = scored.map(({ clip }) => labels[clip]!);
  const yPred = scored.map(({ probabilities }) => predictedLabel(probabilities));
  const estimate = bootstrap([yTrue, yPred], uar, { groups });
  const groupCount = new Set(groups).size;
  if (groupCount < fewestGroups) {
    const few = { label: null, have: groupCount, need: fewestGroups };
    return { tooFew: { what: "held-out-groups", ...few } };
  }
  const order = Array.from({ length: classes }, (_, label) => label);
  return {
    score: {
      uar: estimate,
      by: plan.by,
      groups: groupCount,
      clips: scored.length,
      confusion: confusionMatrix(yTrue, yPred, { labels: order }),
    },
  };
}
