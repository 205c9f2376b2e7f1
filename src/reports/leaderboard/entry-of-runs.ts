import { z } from "zod";
import { estimatesOf } from "../../evaluation/estimates.ts";
import { estimateOf, evaluate } from "../../evaluation/evaluation.ts";
import { countPredictions, labelScores, metricsIn } from "../../evaluation/metrics.ts";
import type { Prediction } from "../../evaluation/prediction.ts";
import { enrolledPredictions } from "../../runs/enrolled.ts";
import { extraDataOf, isLeaky, usesTextOnly, type EvaluatedRun } from "../../runs/evaluate-run.ts";
import { UndertoneError } from "../../shared/errors.ts";
import type { LogEntry } from "./log-entry.ts";

/** Puts runs that differ in their seed only together, in the order of their first. @throws UndertoneError `usage` */
export function groupBySeed(runs: readonly EvaluatedRun[]): EvaluatedRun[][] {
  const groups = new Map<string, EvaluatedRun[]>();
  for (const run of runs) {
    const { name, corpus, protocol, recipe, tested } = run.info;
    const key = JSON.stringify([
      name,
      [corpus, ...extraDataOf(run.info), tested?.trainedOn],
      protocol,
      { ...recipe, seed: undefined },
    ]);
    const group = groups.get(key) ?? [];
    const same = group.find(({ info }) => info.seed === run.info.seed);
    if (same) {
      throw new UndertoneError(
        "usage",
        `${same.runFolder} and ${run.runFolder} are of one recipe and seed. Give one of them.`,
      );
    }
    groups.set(key, [...group, run]);
  }
  return [...groups.values()];
}

const modelKind = z.object({ model: z.object({ kind: z.string() }) });

/**
 * Returns the log line of runs that differ in their seed only. Their predictions are pooled, so that recalls are
 * means over seeds, and intervals resample speakers with the predictions of all seeds.
 */
export function entryOfRuns(
  runs: readonly EvaluatedRun[],
  facts: Partial<LogEntry> & Pick<LogEntry, "date">,
): LogEntry {
  const { info, folds, scores: own } = runs[0]!;
  const scores =
    runs.length === 1
      ? own
      : evaluate(
          runs.flatMap((run) => run.folds.flatMap((fold) => fold.uncalibrated)),
          runs.flatMap((run) => run.test),
          info.labels,
        );
  const recallOf = recallOver(info.labels.length);
  const validation = runs.flatMap((run) => run.folds.flatMap((fold) => fold.validation));
  const enrolled = enrolledScores(runs);
  const robustness = robustnessOf(runs);
  const weights = runs.flatMap(({ folds: all }) =>
    all.flatMap(({ state }) => state.wordWeights?.["test"] ?? []),
  );
  const kind = modelKind.safeParse(info.recipe);
  return {
    recipe: info.name,
    kind: kind.success ? kind.data.model.kind : "unknown",
    corpus: info.corpus,
    ...(info.extraData && { extraData: extraDataOf(info) }),
    ...(info.tested && { trainedOn: info.tested.trainedOn }),
    protocol: info.protocol,
    seeds: runs.map((run) => run.info.seed),
    folds: folds.length,
    speakers: scores.speakers,
    clips: scores.clips / runs.length,
    classes: info.labels.length,
    ...(validation.length > 0 && { validation: recallOf(validation) }),
    test: Object.fromEntries(
      metricsIn("comparison").map(({ key }) => [key, estimateOf(scores, key)]),
    ),
    ...(enrolled && { enrolled }),
    ...(Object.keys(robustness).length > 0 && { robustness }),
    ...(weights.length > 0 && { textWeight: mean(weights) }),
    ...(folds[0]?.state.parameters !== undefined && { parameters: folds[0].state.parameters }),
    minutes: minutesOf(runs),
    verdict: "kept",
    ...facts,
  };
}

const recallOver =
  (labelCount: number) =>
  (predictions: readonly Prediction[]): number =>
    labelScores(countPredictions(predictions, labelCount)).unweightedAverageRecall;

/** Only where test speakers are unseen; texts have no speaker to adapt to. */
function enrolledScores(runs: readonly EvaluatedRun[]): LogEntry["enrolled"] {
  const { info } = runs[0]!;
  if (isLeaky(info.protocol) || usesTextOnly(info)) return undefined;
  const adapted = runs.flatMap(({ folds }) => enrolledPredictions(folds, info.labels) ?? []);
  if (adapted.length < runs.length) return undefined;
  const recallOf = recallOver(info.labels.length);
  const { recall } = estimatesOf(
    adapted.flatMap(({ enrolled }) => enrolled),
    (clips) => ({ recall: recallOf(clips) }),
  );
  return { with: recall, without: recallOf(adapted.flatMap(({ unknown }) => unknown)) };
}

function robustnessOf(runs: readonly EvaluatedRun[]): Readonly<Record<string, number>> {
  const folds = runs.flatMap((run) => run.folds);
  const names = new Set(folds.flatMap(({ robustnessTests }) => [...robustnessTests.keys()]));
  const recallOf = recallOver(runs[0]!.info.labels.length);
  return Object.fromEntries(
    [...names].toSorted(new Intl.Collator("en", { numeric: true }).compare).map((name) => {
      const predictions = folds.flatMap(({ robustnessTests }) => robustnessTests.get(name) ?? []);
      return [name, recallOf(predictions)];
    }),
  );
}

const minutesOf = (runs: readonly EvaluatedRun[]): number =>
  mean(runs.map(({ folds }) => folds.reduce((sum, { state }) => sum + state.seconds, 0) / 60));

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;
