import { join } from "node:path";
import type { Clip } from "../datasets/manifest.ts";
import { readCorpora, type CorpusOptions } from "../datasets/read-corpus.ts";
import { holdsTexts } from "../datasets/text-manifest.ts";
import { noIntervalReason, type Estimate } from "../evaluation/bootstrap.ts";
import { estimateText } from "../evaluation/estimates.ts";
import { countPredictions, labelScores } from "../evaluation/metrics.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import type { EvaluatedDimensions } from "../runs/evaluate-dimension-run.ts";
import { evaluateRun, isLeaky, type EvaluatedRun } from "../runs/evaluate-run.ts";
import { nodeRunOptions } from "../runs/node-options.ts";
import { runFacts } from "../runs/run-facts.ts";
import { evaluationDocument } from "../reports/evaluation-document.ts";
import { writeEvaluation } from "../reports/report-run.ts";
import { foldFolder, modelFile, readRunInfo } from "../runs/run-folder.ts";
import { trainRun } from "../runs/train-run.ts";
import type { TrainingRequest } from "../runs/training-request.ts";
import { counted, printJson } from "./output.ts";
import type { ProgressDisplay } from "./progress.ts";

/** What `undertone train` is asked for. */
export interface Request extends Omit<TrainingRequest, "facts"> {
  /** The line that a person types to repeat the run. */
  readonly command: string;
  readonly threads: number | undefined;
  /** Prints the scores as one JSON document. */
  readonly json?: boolean | undefined;
}

interface ReportOptions extends Pick<Request, "json"> {
  /** The corpora, for the clips of the report. */
  readonly data: string | readonly string[] | undefined;
  readonly corpusOptions?: CorpusOptions | undefined;
  /** Of the run before its scores. */
  readonly warnings?: readonly string[];
}

/** What a training is shown on and stopped by. */
export interface Surroundings {
  readonly progress: ProgressDisplay;
  readonly signal: AbortSignal;
}

/**
 * Trains a run, then scores what has finished and writes its report; a protocol that keeps no clips
 * for testing has nothing to score.
 */
export async function trainAndReport(
  request: Request,
  { progress, signal }: Surroundings,
): Promise<void> {
  const { command, threads, json, ...training } = request;
  const warnings: string[] = [];
  const warn = (message: string): void => {
    warnings.push(message);
    progress.warn(message);
  };
  for (const warning of (await nodeRuntime()).warnings) warn(warning);
  await trainRun(
    { ...training, facts: runFacts(command, threads) },
    nodeRunOptions({
      onProgress: progress,
      logger: { info: (message) => progress.info(message), warn },
      threads,
      signal,
    }),
  );
  const { runFolder, data, corpusOptions } = training;
  await reportRun(runFolder, { data, corpusOptions, json, warnings });
}

/** Scores a run, writes its report and prints the scores; a protocol without test clips leaves a model only. */
export async function reportRun(
  runFolder: string,
  { data, corpusOptions, json, warnings = [] }: ReportOptions,
): Promise<void> {
  const { protocol, dimensions } = await readRunInfo(runFolder);
  if (protocol === "all") {
    const model = modelFile(foldFolder(runFolder, 1));
    if (json) printJson({ format: 2, runFolder, model, warnings });
    else console.log(`Model: ${model}`);
    return;
  }
  const { document, summary } = dimensions
    ? await reportDimensions(runFolder)
    : await reportEmotions(runFolder, await clipsOf(data, corpusOptions));
  const report = join(runFolder, "report.html");
  if (json) {
    printJson({ ...document, runFolder, report, warnings: [...warnings, ...document.warnings] });
    return;
  }
  for (const line of summary) console.log(line);
  console.log(`Report: ${report}`);
}

async function reportEmotions(runFolder: string, clips: readonly Clip[]) {
  const run = await evaluateRun(runFolder);
  await writeEvaluation(runFolder, run, { clips });
  return { document: evaluationDocument(run), summary: summaryOf(run) };
}

async function reportDimensions(runFolder: string) {
  const { evaluateDimensionRun } = await import("../runs/evaluate-dimension-run.ts");
  const { dimensionDocument, writeDimensionEvaluation } =
    await import("../reports/report-dimensions.ts");
  const run = await evaluateDimensionRun(runFolder);
  await writeDimensionEvaluation(run);
  return { document: dimensionDocument(run), summary: dimensionSummary(run) };
}

/** Clips of a run's corpora; none of texts, nor where they are not at hand. */
async function clipsOf(
  data: ReportOptions["data"],
  corpusOptions: CorpusOptions | undefined,
): Promise<readonly Clip[]> {
  const paths = data === undefined ? [] : [data].flat();
  const areTexts = await Promise.all(paths.map((path) => holdsTexts(path, corpusOptions)));
  if (paths.length === 0 || areTexts.includes(true)) return [];
  return (await readCorpora(paths, corpusOptions)).clips;
}

const percent = (share: number): string => (share * 100).toFixed(1);

function summaryOf({ info, folds, scores, warnings }: EvaluatedRun): string[] {
  const { value } = scores.unweightedAverageRecall;
  const interval = intervalOf(scores.unweightedAverageRecall, scores.speakers, percent);
  const byCorpus = info.protocol === "leave-one-corpus-out" ? folds : [];
  return [
    `Test UAR ${percent(value)} %${interval}, protocol ${info.protocol}, ${counted(folds.length, "fold")}.`,
    ...byCorpus.map(({ fold, test }) => {
      const { unweightedAverageRecall } = labelScores(countPredictions(test, info.labels.length));
      return `  ${info.corpora?.[fold - 1]}: UAR ${percent(unweightedAverageRecall)} %`;
    }),
    ...cautions(info.protocol, warnings),
  ];
}

function dimensionSummary({ info, folds, scores, warnings }: EvaluatedDimensions): string[] {
  const { concordance, speakers, dimensions } = scores;
  const each = dimensions.map(
    (scored) => `${scored.name} ${estimateText(scored.concordance, ccc)}`,
  );
  const interval = intervalOf(concordance, speakers, ccc);
  return [
    `Test CCC ${ccc(concordance.value)}${interval}: ${each.join(", ")}; protocol ${info.protocol}, ${counted(folds.length, "fold")}.`,
    ...cautions(info.protocol, warnings),
  ];
}

const ccc = (value: number): string => value.toFixed(3);

function intervalOf(
  { low, high }: Estimate,
  speakers: number,
  format: (value: number) => string,
): string {
  const interval =
    low === undefined || high === undefined
      ? noIntervalReason(speakers)
      : `95 % interval ${format(low)} to ${format(high)}`;
  return interval === undefined ? "" : ` (${interval})`;
}

function cautions(protocol: string, warnings: readonly string[]): string[] {
  const leaky = "Test speakers were in training: this score does not hold for unseen speakers.";
  return [
    ...(isLeaky(protocol) ? [leaky] : []),
    ...warnings.map((warning) => `Warning: ${warning}`),
  ];
}
