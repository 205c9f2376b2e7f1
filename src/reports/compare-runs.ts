import type { Estimate } from "../evaluation/evaluation.ts";
import { haveSameClips, pairedDifferenceIntervals } from "../evaluation/intervals.ts";
import { isLeaky, type EvaluatedRun } from "../runs/evaluate-run.ts";

/** One run in a comparison. */
export interface ComparedRun {
  readonly name: string;
  readonly corpus: string;
  readonly protocol: string;
  readonly leaky: boolean;
  readonly clips: number;
  readonly unweightedAverageRecall: Estimate;
  readonly accuracy: Estimate;
  readonly macroF1: Estimate;
  readonly expectedCalibrationError: Estimate;
  readonly parameters: number | undefined;
  readonly trainingMinutes: number;
}

/** `first` minus `second` on the same clips; an interval that leaves out 0 tells them apart. */
export interface RunDifference {
  readonly first: string;
  readonly second: string;
  readonly unweightedAverageRecall: Estimate;
  readonly accuracy: Estimate;
  readonly macroF1: Estimate;
  readonly expectedCalibrationError: Estimate;
}

/** What `undertone compare --json` prints; described in `docs/json.md`. */
export interface Comparison {
  readonly format: 1;
  /** In the order given. */
  readonly runs: readonly ComparedRun[];
  /** Whether all runs were judged alike: the same corpus, protocol and labels. */
  readonly comparable: boolean;
  readonly differences: readonly RunDifference[];
  readonly warnings: readonly string[];
}

/** Sets runs side by side, and subtracts each later one from the first where both judged the same clips. */
export function compareRuns(runs: readonly EvaluatedRun[]): Comparison {
  const kinds = new Set(
    runs.map(({ info }) => JSON.stringify([info.corpus, info.protocol, info.labels])),
  );
  const comparable = kinds.size <= 1;
  const [first, ...others] = runs;
  return {
    format: 1,
    runs: runs.map(comparedRun),
    comparable,
    differences:
      first === undefined
        ? []
        : others
            .filter((other) => comparable && haveSameClips(first.test, other.test))
            .map((other) => differenceOf(other, first)),
    warnings: [...protocolWarnings(runs, comparable), ...runs.flatMap(namedWarnings)],
  };
}

function comparedRun({ info, folds, scores }: EvaluatedRun): ComparedRun {
  return {
    name: info.name,
    corpus: info.corpus,
    protocol: info.protocol,
    leaky: isLeaky(info.protocol),
    clips: scores.clips,
    unweightedAverageRecall: scores.unweightedAverageRecall,
    accuracy: scores.accuracy,
    macroF1: scores.macroF1,
    expectedCalibrationError: scores.calibrated.expectedCalibrationError,
    parameters: folds[0]?.state.parameters,
    trainingMinutes: folds.reduce((sum, { state }) => sum + state.seconds, 0) / 60,
  };
}

function protocolWarnings(runs: readonly EvaluatedRun[], comparable: boolean): string[] {
  const leaky = runs.filter(({ info }) => isLeaky(info.protocol)).map(({ info }) => info.name);
  const warnings: string[] = [];
  if (!comparable) {
    warnings.push(
      "These runs were judged on different test sets (corpus, protocol or labels), so their scores do not rank them.",
    );
  }
  const [first, ...others] = runs;
  if (comparable && first && !others.every((other) => haveSameClips(first.test, other.test))) {
    warnings.push(
      "Not all of these runs were judged on the same clips: differences are given where they were.",
    );
  }
  if (leaky.length > 0) {
    warnings.push(
      `LEAKY: ${leaky.join(", ")}. Speakers of the test set were in training; such scores say nothing about new speakers.`,
    );
  }
  return warnings;
}

const namedWarnings = ({ info, warnings }: EvaluatedRun): string[] =>
  warnings.map((warning) => `${info.name}: ${warning}`);

function differenceOf(first: EvaluatedRun, second: EvaluatedRun): RunDifference {
  const labelCount = first.info.labels.length;
  const intervals = pairedDifferenceIntervals(first.test, second.test, { labelCount });
  const [a, b] = [comparedRun(first), comparedRun(second)];
  const difference = (name: ComparedScore): Estimate => ({
    value: a[name].value - b[name].value,
    ...intervals?.[name],
  });
  return {
    first: a.name,
    second: b.name,
    unweightedAverageRecall: difference("unweightedAverageRecall"),
    accuracy: difference("accuracy"),
    macroF1: difference("macroF1"),
    expectedCalibrationError: difference("expectedCalibrationError"),
  };
}

type ComparedScore =
  | "unweightedAverageRecall"
  | "accuracy"
  | "macroF1"
  | "expectedCalibrationError";
