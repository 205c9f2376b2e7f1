import type { Estimate } from "../evaluation/bootstrap.ts";
import { estimateOf } from "../evaluation/evaluation.ts";
import { metrics, type MetricKey, type Scores } from "../evaluation/metrics.ts";
import { haveSameClips, pairedDifferences } from "../evaluation/paired-differences.ts";
import { isLeaky, type EvaluatedRun } from "../runs/evaluate-run.ts";

/** One run in a comparison, with every metric. */
export interface ComparedRun extends Scores<Estimate> {
  readonly name: string;
  readonly corpus: string;
  readonly protocol: string;
  readonly leaky: boolean;
  readonly clips: number;
  readonly parameters: number | undefined;
  readonly trainingMinutes: number;
}

/** Every metric of `first` minus that of `second` on the same clips (paired bootstrap over speakers). */
export interface RunDifference extends Scores<Estimate> {
  readonly first: string;
  readonly second: string;
}

/** What `undertone compare --json` prints; described in `docs/reference/json.md`. */
export interface Comparison {
  readonly format: 1;
  /** In the order given. */
  readonly runs: readonly ComparedRun[];
  /** Whether all runs have the same corpus, protocol and labels. */
  readonly comparable: boolean;
  /** Each later run minus the first one, where their test clips are the same. */
  readonly differences: readonly RunDifference[];
  readonly warnings: readonly string[];
}

/** Returns the scores of runs, and the paired difference of each later run and the first. */
export function compareRuns(runs: readonly EvaluatedRun[]): Comparison {
  const tests = runs.map(({ info }) => JSON.stringify([info.corpus, info.protocol, info.labels]));
  const comparable = new Set(tests).size <= 1;
  const [first, ...others] = runs;
  const paired = others.filter((other) => comparable && haveSameClips(first!.test, other.test));
  return {
    format: 1,
    runs: runs.map(comparedRun),
    comparable,
    differences: paired.map((other) => ({
      first: other.info.name,
      second: first!.info.name,
      ...pairedDifferences(other.test, first!.test, other.info.labels.length),
    })),
    warnings: [
      ...(comparable ? [] : [incomparable]),
      ...(comparable && paired.length < others.length ? [otherClips] : []),
      ...leakyWarnings(runs),
      ...runs.flatMap(({ info, warnings }) =>
        warnings.map((warning) => `${info.name}: ${warning}`),
      ),
    ],
  };
}

function comparedRun({ info, folds, scores }: EvaluatedRun): ComparedRun {
  const estimates = metrics.map(({ key }) => [key, estimateOf(scores, key)]);
  const byKey: Readonly<Record<MetricKey, Estimate>> = Object.fromEntries(estimates);
  return {
    name: info.name,
    corpus: info.corpus,
    protocol: info.protocol,
    leaky: isLeaky(info.protocol),
    clips: scores.clips,
    ...byKey,
    parameters: folds[0]?.state.parameters,
    trainingMinutes: folds.reduce((sum, { state }) => sum + state.seconds, 0) / 60,
  };
}

const incomparable =
  "These runs have different test sets (corpus, protocol or labels), so their scores do not rank them.";

const otherClips =
  "Not all of these runs have the same test clips: paired differences are given where they do.";

function leakyWarnings(runs: readonly EvaluatedRun[]): string[] {
  const leaky = runs.filter(({ info }) => isLeaky(info.protocol)).map(({ info }) => info.name);
  if (leaky.length === 0) return [];
  return [
    `LEAKY: ${leaky.join(", ")}. The test speakers are in the training split; such scores say nothing about unseen speakers.`,
  ];
}
