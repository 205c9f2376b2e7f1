import type { FoldProgress } from "../../server/api.ts";
import { strings } from "../strings.ts";
import type { Curve } from "./curves.tsx";

/** What the curves show of an epoch. */
export type Measure = "loss" | "unweightedAverageRecall";

type Split = "train" | "validation";

const texts = strings.runs;

const colors: Readonly<Record<Split, string>> = {
  train: "--muted",
  validation: "--accent",
};

/** Of runs that are laid over each other; each also has a dash of its own. */
const overlayColors = ["--accent", "--second", "--third", "--ink"] as const;

/** Returns the curves of folds: training and validation of one fold, or their means with the single folds behind. */
export function curvesOf(folds: readonly FoldProgress[], measure: Measure): Curve[] {
  const trained = folds.filter(({ epochs }) => epochs.length > 0);
  return (["train", "validation"] as const).flatMap((split): Curve[] => {
    const name = split === "train" ? texts.training : texts.validation;
    const look = { color: colors[split], dashed: split === "train" };
    const of = trained.map((fold) => ({ fold: fold.fold, values: valuesOf(fold, split, measure) }));
    const known = of.filter(({ values }) => values.some((value) => value !== undefined));
    if (known.length === 0) return [];
    const single = known[0]!;
    if (known.length === 1) return [{ ...look, name, values: single.values }];
    const mean = meanOf(known.map(({ values }) => values));
    return [
      ...known.map(({ fold, values }) => ({
        ...look,
        name: `${name}, ${texts.fold(fold)}`,
        values,
        thin: true,
      })),
      { ...look, name: `${name}, ${texts.mean}`, values: mean },
    ];
  });
}

/** Returns one curve a run: the mean over folds on validation clips. */
export function overlayOf(
  runs: readonly { readonly name: string; readonly folds: readonly FoldProgress[] }[],
  measure: Measure,
): Curve[] {
  return runs.map(({ name, folds }, index) => ({
    name,
    color: overlayColors[index % overlayColors.length]!,
    dashed: index >= overlayColors.length || index % 2 === 1,
    values: meanOf(folds.map((fold) => valuesOf(fold, "validation", measure))),
  }));
}

function valuesOf(
  { epochs }: FoldProgress,
  split: Split,
  measure: Measure,
): (number | undefined)[] {
  const scale = measure === "loss" ? 1 : 100;
  const values: (number | undefined)[] = [];
  for (const epoch of epochs) {
    const value = epoch[split]?.[measure];
    values[epoch.epoch - 1] = value === undefined ? undefined : scale * value;
  }
  return values;
}

/** At each epoch over the folds that have come to it. */
function meanOf(folds: readonly (readonly (number | undefined)[])[]): (number | undefined)[] {
  const epochs = Math.max(0, ...folds.map(({ length }) => length));
  return Array.from({ length: epochs }, (_, epoch) => {
    const values = folds.flatMap((fold) => fold[epoch] ?? []);
    if (values.length === 0) return undefined;
    return values.reduce((sum, value) => sum + value, 0) / values.length;
  });
}
