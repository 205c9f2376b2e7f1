import { stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { metrics } from "../../evaluation/metrics.ts";
import { evaluationDocument } from "../../reports/evaluation-document.ts";
import { dimensionDocument } from "../../reports/report-dimensions.ts";
import type { EvaluatedDimensions } from "../../runs/evaluate-dimension-run.ts";
import type { EvaluatedRun } from "../../runs/evaluate-run.ts";
import { foldFolder } from "../../runs/run-folder.ts";
import { readText } from "../../shared/files.node.ts";

const estimate = z.object({
  value: z.number(),
  low: z.number().exactOptional(),
  high: z.number().exactOptional(),
});

const scoreKeys = [...metrics.map(({ key }) => key), "concordance"] as const;

/** What the page shows of `evaluation.json`. */
const evaluationSchema = z.object({
  labels: z.array(z.string()),
  warnings: z.array(z.string()),
  scores: z.object({
    clips: z.number(),
    speakers: z.number(),
    unweightedAverageRecall: estimate,
    accuracy: estimate,
    macroF1: estimate,
    confusionMatrix: z.array(z.array(z.number())),
    perClass: z.array(
      z.object({
        label: z.string(),
        recall: estimate,
        precision: z.number(),
        f1: z.number(),
        support: z.number(),
      }),
    ),
    calibrated: z.object({ expectedCalibrationError: estimate }),
  }),
});

export type RunEvaluation = z.infer<typeof evaluationSchema>;

/** What the page shows of it where dimensions are predicted. */
const dimensionsSchema = z.object({
  /** Each with the scale of its ratings. */
  dimensions: z.array(z.object({ name: z.string(), low: z.number(), high: z.number() })),
  warnings: z.array(z.string()),
  scores: z.object({
    clips: z.number(),
    speakers: z.number(),
    concordance: estimate,
    dimensions: z.array(
      z.object({ concordance: estimate, pearson: estimate, rootMeanSquareError: estimate }),
    ),
  }),
});

export type RunDimensions = z.infer<typeof dimensionsSchema>;

const scoresSchema = z.object({
  scores: z.looseObject({ calibrated: z.looseObject({}).optional() }),
});

/** Scores by their metric. */
export type RunScores = Partial<
  Readonly<Record<(typeof scoreKeys)[number], z.infer<typeof estimate>>>
>;

async function readDocument(folder: string): Promise<unknown> {
  try {
    return JSON.parse(await readText(join(folder, "evaluation.json")));
  } catch {
    return undefined; // not evaluated yet, or torn
  }
}

/** Resolves to the scores that the last evaluation wrote, or `undefined`. */
export async function readScores(folder: string): Promise<RunScores | undefined> {
  const { data } = scoresSchema.safeParse(await readDocument(folder));
  if (data === undefined) return undefined;
  const all: Readonly<Record<string, unknown>> = { ...data.scores, ...data.scores.calibrated };
  const known = scoreKeys.flatMap((key) => {
    const score = estimate.safeParse(all[key]).data;
    return score ? [[key, score] as const] : [];
  });
  return Object.fromEntries(known);
}

/** Resolves to the last evaluation, unless a fold has finished since or its file is not whole. */
export async function readEvaluation(
  folder: string,
  folds: readonly number[],
): Promise<RunEvaluation | RunDimensions | undefined> {
  const changed = await changedMs(join(folder, "evaluation.json"));
  if (changed < Math.max(...(await finishedMs(folder, folds)))) return undefined;
  return z.union([evaluationSchema, dimensionsSchema]).safeParse(await readDocument(folder)).data;
}

/** Returns what the page shows of a run that was evaluated now. */
export function evaluationOf(run: EvaluatedRun): RunEvaluation {
  return evaluationSchema.parse(evaluationDocument(run));
}

/** Returns what the page shows of a run that predicts dimensions and was evaluated now. */
export function dimensionsOf(run: EvaluatedDimensions): RunDimensions {
  return dimensionsSchema.parse(dimensionDocument(run));
}

/** Resolves to when each fold finished, 0 for one that has not. */
export function finishedMs(folder: string, folds: readonly number[]): Promise<number[]> {
  return Promise.all(folds.map((fold) => changedMs(join(foldFolder(folder, fold), "fold.json"))));
}

async function changedMs(path: string): Promise<number> {
  return (await stat(path).catch(() => undefined))?.mtimeMs ?? 0;
}
