import type { Estimate } from "../evaluation/evaluation.ts";
import { confusionMatrix, scoresOf } from "../evaluation/metrics.ts";
import { evaluationDocument, isLeaky, readsOnly, type EvaluatedRun } from "./evaluate-run.ts";
import { published } from "./published-results.ts";
import { conditionsSection } from "./results-conditions.ts";
import { cell, table } from "./markdown.ts";
import { recipeDifference } from "./recipe-difference.ts";

/** What the page is written from. */
export interface ResultsInput {
  readonly runs: readonly EvaluatedRun[];
  /** Runs that differ in single settings. */
  readonly ablation?: readonly EvaluatedRun[];
}

/** The results page in Markdown: every number in it comes out of a run folder. */
export function resultsPage({ runs, ablation = [] }: ResultsInput): string {
  const held = runs.filter(({ info }) => !isLeaky(info.protocol) && !readsOnly(info));
  const read = runs.filter(({ info }) => readsOnly(info));
  const leaky = runs.filter(({ info }) => isLeaky(info.protocol));
  const sections = [
    introduction,
    ...(held.length > 0 ? [comparedSection("Speakers held out", held)] : []),
    ...(read.length > 0 ? [comparedSection("Words alone, on the corpora's own sides", read)] : []),
    ...(leaky.length > 0 ? [leakySection(leaky)] : []),
    ...conditionsSection(runs),
    ...(ablation.length > 0 ? [ablationSection(ablation)] : []),
    ...runs.map(runSection),
  ];
  return `${sections.join("\n\n")}\n`;
}

const introduction = `# Results

<!-- Written by \`undertone results\` from run folders. Do not edit: run the command again. -->

Scores in per cent. UAR is the unweighted average recall, the mean of the recalls of all emotions; the range after a score is its
95 % interval from resampling speakers; ECE is the expected calibration error after calibration on validation clips. Scores of
different protocols do not compare. What each number means: [evaluation.md](evaluation.md).`;

function comparedSection(title: string, runs: readonly EvaluatedRun[]): string {
  const parts = Object.entries(published).flatMap(([corpus, { conditions, results }]) =>
    runs.some(({ info }) => info.corpus === corpus)
      ? [
          `To compare with, as published: ${conditions}.\n\n${table(
            ["system", "score", "source"],
            results.map(({ system, score, source }) => [system, score, source]),
          )}`,
        ]
      : [],
  );
  return [`## ${title}`, scoreTable(runs), ...parts].join("\n\n");
}

const leakySection = (runs: readonly EvaluatedRun[]): string =>
  `## Split at random (leaky)\n\nThe same speakers stand in training and test. These scores say nothing about new speakers; they are here to\nshow by how much such a split flatters.\n\n${scoreTable(runs)}`;

function scoreTable(runs: readonly EvaluatedRun[]): string {
  return table(
    [
      "run",
      "corpus",
      "protocol",
      "UAR",
      "accuracy",
      "macro-F1",
      "weighted F1",
      "ECE",
      "speakers",
      "clips",
      "parameters",
      "minutes",
    ],
    runs
      .toSorted(
        (a, b) =>
          a.info.corpus.localeCompare(b.info.corpus, "en") ||
          a.info.protocol.localeCompare(b.info.protocol, "en") ||
          b.scores.unweightedAverageRecall.value - a.scores.unweightedAverageRecall.value,
      )
      .map(({ info, scores, folds }) => [
        cell(info.name),
        cell(info.corpus),
        isLeaky(info.protocol) ? `${info.protocol} (leaky)` : info.protocol,
        `**${percent(scores.unweightedAverageRecall.value)}**${range(scores.unweightedAverageRecall)}`,
        withRange(scores.accuracy),
        withRange(scores.macroF1),
        percent(scores.weightedF1),
        percent(scores.calibrated.expectedCalibrationError.value),
        String(scores.speakers),
        String(scores.clips),
        folds[0]?.state.parameters?.toLocaleString("en") ?? "",
        (folds.reduce((sum, { state }) => sum + state.seconds, 0) / 60).toFixed(0),
      ]),
  );
}

function ablationSection(runs: readonly EvaluatedRun[]): string {
  const ranked = runs
    .map((run) => ({ run, validation: validationRecall(run) }))
    .toSorted((a, b) => b.validation - a.validation);
  const best = ranked[0]!.run;
  const rows = ranked.map(({ run, validation }) => [
    cell(run.info.name),
    percent(validation),
    withRange(run.scores.unweightedAverageRecall),
    `${run.info.protocol}, ${run.folds.length} folds`,
    run === best
      ? "the best on validation"
      : cell(recipeDifference(best.info.recipe, run.info.recipe).join("; ")) || "nothing",
  ]);
  return `## Ablation\n\nWhat each setting is worth, best first. Recipes are chosen by the UAR on validation clips; the test column was not looked at for that.\n\n${table(
    ["run", "validation UAR", "test UAR", "protocol", "differs from the first by"],
    rows,
  )}`;
}

function validationRecall({ folds, info }: EvaluatedRun): number {
  const validation = folds.flatMap((fold) => fold.validation);
  return scoresOf(confusionMatrix(validation, info.labels.length)).unweightedAverageRecall;
}

function runSection(run: EvaluatedRun): string {
  const { info, scores, warnings } = run;
  const { folds } = evaluationDocument(run);
  const recalls = folds.map(({ unweightedAverageRecall }) => unweightedAverageRecall);
  const parts = [
    `## ${cell(info.name)}, ${cell(info.protocol)}`,
    ...(isLeaky(info.protocol) ? ["**Leaky: speakers of the test set were in training.**"] : []),
    ...warnings.map((warning) => `**${cell(warning)}**`),
    `\`${shortPaths(info.command).replaceAll("`", "")}\`, seed ${info.seed}; ${cell(facts(info.versions))}; ${cell(facts(info.machine))}.`,
    `UAR of the folds: ${recalls.map(percent).join(", ")}${recalls.length > 1 ? ` (mean ${percent(mean(recalls))}, standard deviation ${percent(deviation(recalls))})` : ""}.` +
      ` ECE ${percent(scores.uncalibrated.expectedCalibrationError.value)} before calibration, ${withRange(scores.calibrated.expectedCalibrationError)} after.`,
    table(
      ["emotion", "precision", "recall", "F1", "clips"],
      scores.perClass.map((row) => [
        cell(row.label),
        percent(row.precision),
        withRange(row.recall),
        percent(row.f1),
        String(row.support),
      ]),
    ),
    ...(scores.bySex.length > 0
      ? [
          `By sex: ${scores.bySex.map((row) => `${row.sex} ${withRange(row.unweightedAverageRecall)}`).join(", ")}.`,
        ]
      : []),
  ];
  return parts.join("\n\n");
}

const facts = (record: Readonly<Record<string, string | number>>): string =>
  Object.entries(record)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");

/** A page is for others: of a path on one machine only the last name means something. */
const shortPaths = (command: string): string =>
  command.replaceAll(/(?<=^|[\s="'])\/(?:[^\s/]+\/)*([^\s/]+)/g, "…/$1");

const percent = (share: number): string => (100 * share).toFixed(1);

const range = ({ low, high }: Estimate): string =>
  low === undefined || high === undefined ? "" : ` (${percent(low)} to ${percent(high)})`;

const withRange = (estimate: Estimate): string => `${percent(estimate.value)}${range(estimate)}`;

const mean = (values: readonly number[]): number =>
  values.reduce((a, b) => a + b, 0) / values.length;

function deviation(values: readonly number[]): number {
  const middle = mean(values);
  return Math.sqrt(
    values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / (values.length - 1),
  );
}
