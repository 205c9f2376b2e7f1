import { z } from "zod";
import { expectedCalibrationError, reliabilityBins } from "../evaluation/calibration.ts";
import { evaluate } from "../evaluation/evaluation.ts";
import { bootstrapIntervals } from "../evaluation/intervals.ts";
import { confusionMatrix, scoresOf } from "../evaluation/metrics.ts";
import type { Prediction } from "../evaluation/prediction.ts";
import { UndertoneError } from "../shared/errors.ts";
import { enrolledPredictions } from "../runs/enrolled.ts";
import {
  extraDataOf,
  evaluationDocument,
  isLeaky,
  usesTextOnly,
  type EvaluatedRun,
} from "../runs/evaluate-run.ts";

const share = z.number().min(0).max(1);
const estimate = z.strictObject({ value: share, low: share.optional(), high: share.optional() });
const facts = z.record(z.string(), z.union([z.string(), z.number()]));

/** What the results page says of a recipe on a corpus: its runs with one seed or several, pooled. */
export const runResultSchema = z.strictObject({
  name: z.string().min(1),
  corpus: z.string(),
  /** Corpora that joined the training side. */
  extraData: z.array(z.string()).optional(),
  /** There where a finished model was tested on another corpus: those that it was trained on, as far as it says. */
  trainedOn: z.array(z.string()).optional(),
  protocol: z.string().min(1),
  leaky: z.boolean(),
  usesTextOnly: z.boolean(),
  /** The table of settings that it is a row of, for runs that differ in single settings. */
  ablation: z.string().optional(),
  recipe: z.record(z.string(), z.unknown()),
  command: z.string(),
  versions: facts,
  machine: facts,
  warnings: z.array(z.string()),
  speakers: z.int(),
  clips: z.int(),
  parameters: z.int().optional(),
  /** Training of all folds with one seed, on average. */
  minutes: z.number(),
  validationRecall: share.optional(),
  unweightedAverageRecall: estimate,
  accuracy: estimate,
  macroF1: estimate,
  weightedF1: share,
  expectedCalibrationError: estimate,
  uncalibratedError: share,
  /** Of each run: its seed, and the UAR of its folds. */
  seeds: z.array(z.strictObject({ seed: z.int(), foldRecalls: z.array(share).min(1) })).min(1),
  perClass: z.array(
    z.strictObject({
      label: z.string(),
      precision: share,
      recall: estimate,
      f1: share,
      clips: z.int(),
    }),
  ),
  bySex: z.array(
    z.strictObject({ sex: z.enum(["female", "male"]), unweightedAverageRecall: estimate }),
  ),
  /** Had two neutral clips of each test speaker been heard before, which are left out of both scores. */
  enrolled: z
    .strictObject({
      unweightedAverageRecall: estimate,
      expectedCalibrationError: estimate,
      /** Of the same clips without enrollment. */
      unknownRecall: share,
    })
    .optional(),
  /** Mean weight that a gate gives to words. */
  wordWeight: share.optional(),
  /** The test side with worse words, by the name of the condition. */
  robustnessTests: z.record(
    z.string(),
    z.strictObject({ unweightedAverageRecall: share, wordWeight: share.optional() }),
  ),
  /** What its model takes, of several seeds the first one's; absent where that was not measured. */
  serving: z
    .strictObject({
      sizeBytes: z.int(),
      /** From the samples of a clip of three seconds to its probabilities, on one thread. */
      clipMs: z.number().nonnegative(),
      machine: z.strictObject({ cpu: z.string(), cores: z.int() }),
    })
    .optional(),
});

/** @see runResultSchema */
export type RunResult = z.infer<typeof runResultSchema>;

/** Puts runs that differ in their seed only together, in the order of their first. */
export function groupBySeed(runs: readonly EvaluatedRun[]): EvaluatedRun[][] {
  const groups = new Map<string, EvaluatedRun[]>();
  for (const run of runs) {
    const { name, corpus, protocol, recipe, tested } = run.info;
    const corpora = [corpus, ...extraDataOf(run.info), tested?.trainedOn];
    const key = JSON.stringify([name, corpora, protocol, { ...recipe, seed: undefined }]);
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

/**
 * The result of runs that differ in their seed only. Their predictions are pooled, so that recalls are
 * means over seeds, and intervals resample speakers with all that any seed said of them.
 */
export function resultOf(runs: readonly EvaluatedRun[], ablation?: string): RunResult {
  const [first] = runs;
  const { info, folds } = first!;
  const scores =
    runs.length === 1
      ? first!.scores
      : evaluate(
          runs.flatMap((run) => run.folds.flatMap((fold) => fold.uncalibrated)),
          runs.flatMap((run) => run.test),
          info.labels,
        );
  const recallOf = (predictions: readonly Prediction[]): number =>
    scoresOf(confusionMatrix(predictions, info.labels.length)).unweightedAverageRecall;
  const validation = runs.flatMap((run) => run.folds.flatMap((fold) => fold.validation));
  const wordWeight = meanWordWeight(runs, "test");
  const enrolled = enrolledScores(runs);
  return {
    name: info.name,
    corpus: info.corpus,
    ...(info.extraData && { extraData: extraDataOf(info) }),
    ...(info.tested && { trainedOn: info.tested.trainedOn }),
    protocol: info.protocol,
    leaky: isLeaky(info.protocol),
    usesTextOnly: usesTextOnly(info),
    ...(ablation !== undefined && { ablation }),
    recipe: info.recipe,
    command: shortPaths(info.command),
    versions: info.versions,
    machine: info.machine,
    warnings: runs.flatMap(({ warnings }) => warnings),
    speakers: scores.speakers,
    clips: scores.clips / runs.length,
    ...(folds[0]?.state.parameters !== undefined && { parameters: folds[0].state.parameters }),
    minutes: minutesOf(runs),
    ...(validation.length > 0 && { validationRecall: recallOf(validation) }),
    unweightedAverageRecall: scores.unweightedAverageRecall,
    accuracy: scores.accuracy,
    macroF1: scores.macroF1,
    weightedF1: scores.weightedF1,
    expectedCalibrationError: scores.calibrated.expectedCalibrationError,
    uncalibratedError: scores.uncalibrated.expectedCalibrationError.value,
    seeds: runs.map((run) => ({
      seed: run.info.seed,
      foldRecalls: evaluationDocument(run).folds.map((fold) => fold.unweightedAverageRecall),
    })),
    perClass: scores.perClass.map(({ label, precision, recall, f1, support }) => ({
      label,
      precision,
      recall,
      f1,
      clips: support / runs.length,
    })),
    bySex: scores.bySex.map(({ sex, unweightedAverageRecall }) => ({
      sex,
      unweightedAverageRecall,
    })),
    ...(enrolled && { enrolled }),
    ...(wordWeight !== undefined && { wordWeight }),
    robustnessTests: robustnessTestsOf(runs, recallOf),
  };
}

/** Only where the test speakers are strangers; texts have no voice. */
function enrolledScores(runs: readonly EvaluatedRun[]): RunResult["enrolled"] {
  const { info } = runs[0]!;
  if (isLeaky(info.protocol) || usesTextOnly(info)) return undefined;
  const judged = runs.flatMap(({ folds }) => enrolledPredictions(folds, info.labels) ?? []);
  if (judged.length < runs.length) return undefined;
  const predictions = judged.flatMap(({ enrolled }) => enrolled);
  const unknown = judged.flatMap((run) => run.unknown);
  const labelCount = info.labels.length;
  const intervals = bootstrapIntervals(predictions, { labelCount });
  const recallOf = (outputs: readonly Prediction[]): number =>
    scoresOf(confusionMatrix(outputs, labelCount)).unweightedAverageRecall;
  const error = expectedCalibrationError(reliabilityBins(predictions));
  return {
    unweightedAverageRecall: {
      value: recallOf(predictions),
      ...intervals?.unweightedAverageRecall,
    },
    expectedCalibrationError: { value: error, ...intervals?.expectedCalibrationError },
    unknownRecall: recallOf(unknown),
  };
}

function robustnessTestsOf(
  runs: readonly EvaluatedRun[],
  recallOf: (predictions: readonly Prediction[]) => number,
): RunResult["robustnessTests"] {
  const folds = runs.flatMap((run) => run.folds);
  const names = new Set(folds.flatMap(({ robustnessTests }) => [...robustnessTests.keys()]));
  const order = new Intl.Collator("en", { numeric: true });
  return Object.fromEntries(
    [...names].toSorted(order.compare).map((name) => {
      const predictions = folds.flatMap(({ robustnessTests }) => robustnessTests.get(name) ?? []);
      const wordWeight = meanWordWeight(runs, name);
      const recall = { unweightedAverageRecall: recallOf(predictions) };
      return [name, { ...recall, ...(wordWeight !== undefined && { wordWeight }) }];
    }),
  );
}

function meanWordWeight(runs: readonly EvaluatedRun[], condition: string): number | undefined {
  const weights = runs.flatMap(({ folds }) =>
    folds.flatMap(({ state }) => state.wordWeights?.[condition] ?? []),
  );
  return weights.length > 0 ? mean(weights) : undefined;
}

const minutesOf = (runs: readonly EvaluatedRun[]): number =>
  mean(runs.map(({ folds }) => folds.reduce((sum, { state }) => sum + state.seconds, 0) / 60));

/** A page is for others: of a path on one machine only the last name means something. */
const shortPaths = (command: string): string =>
  command.replaceAll(/(?<=^|[\s="'])\/(?:[^\s/]+\/)*([^\s/]+)/g, "…/$1");

/** The mean of at least one number. */
export const mean = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;
