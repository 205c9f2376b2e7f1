import { noIntervalReason, type Estimate } from "../evaluation/bootstrap.ts";
import { estimateOf } from "../evaluation/evaluation.ts";
import { metrics, type MetricKey, type Scores } from "../evaluation/metrics.ts";
import { haveSameClips, pairedDifferences } from "../evaluation/paired-differences.ts";
import { isLeaky, type EvaluatedRun } from "../runs/evaluate-run.ts";
import { addTo } from "../shared/group.ts";
import { distinctNames } from "./distinct-names.ts";

/** One run in a comparison, with every metric. */
export interface ComparedRun extends Scores<Estimate> {
  /** The run's own, or its folder's where several runs have that. */
  readonly name: string;
  readonly corpus: string;
  readonly protocol: string;
  readonly leaky: boolean;
  readonly clips: number;
  readonly speakers: number;
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
  const named = namedRuns(runs);
  const tests = runs.map(({ info }) => JSON.stringify([info.corpus, info.protocol, info.labels]));
  const comparable = new Set(tests).size <= 1;
  const [first, ...others] = named;
  const paired = others.filter((other) => comparable && haveSameClips(first!.test, other.test));
  return {
    format: 1,
    runs: named.map(comparedRun),
    comparable,
    differences: paired.map((other) => ({
      first: other.name,
      second: first!.name,
      ...pairedDifferences(other.test, first!.test, other.info.labels.length),
    })),
    warnings: [
      ...(comparable ? [] : [incomparable]),
      ...(comparable && paired.length < others.length ? [otherClips] : []),
      ...leakyWarnings(named),
      ...sharedWarnings(named),
    ],
  };
}

interface NamedRun extends EvaluatedRun {
  readonly name: string;
}

function namedRuns(runs: readonly EvaluatedRun[]): NamedRun[] {
  const names = distinctNames(runs.map(({ info, runFolder }) => ({ name: info.name, runFolder })));
  return runs.map((run, index) => ({ ...run, name: names[index]! }));
}

function comparedRun({ name, info, folds, scores }: NamedRun): ComparedRun {
  const estimates = metrics.map(({ key }) => [key, estimateOf(scores, key)]);
  const byKey: Readonly<Record<MetricKey, Estimate>> = Object.fromEntries(estimates);
  return {
    name,
    corpus: info.corpus,
    protocol: info.protocol,
    leaky: isLeaky(info.protocol),
    clips: scores.clips,
    speakers: scores.speakers,
    ...byKey,
    parameters: folds[0]?.state.parameters,
    trainingMinutes: folds.reduce((sum, { state }) => sum + state.seconds, 0) / 60,
  };
}

const incomparable =
  "These runs have different test sets (corpus, protocol or labels), so their scores do not rank them.";

const otherClips =
  "Not all of these runs have the same test clips: paired differences are given where they do.";

function leakyWarnings(runs: readonly NamedRun[]): string[] {
  const leaky = runs.filter(({ info }) => isLeaky(info.protocol)).map(({ name }) => name);
  if (leaky.length === 0) return [];
  return [
    `LEAKY: ${leaky.join(", ")}. The test speakers are in the training split; such scores say nothing about unseen speakers.`,
  ];
}

/** Each warning once, after the names of all runs that it applies to. */
function sharedWarnings(runs: readonly NamedRun[]): string[] {
  const namesOf = new Map<string, string[]>();
  for (const { name, warnings, scores } of runs) {
    for (const warning of [...warnings, noIntervalReason(scores.speakers) ?? []].flat()) {
      addTo(namesOf, warning, name);
    }
  }
  return [...namesOf].map(([warning, names]) => `${names.join(", ")}: ${warning}`);
}
