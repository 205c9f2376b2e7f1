import { join } from "node:path";
import { readCorpora, type CorpusOptions } from "../datasets/read-corpus.ts";
import { holdsTexts } from "../datasets/text-manifest.ts";
import { noIntervalReason } from "../evaluation/bootstrap.ts";
import { countPredictions, labelScores } from "../evaluation/metrics.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { evaluateRun, isLeaky, type EvaluatedRun } from "../runs/evaluate-run.ts";
import { nodeRunOptions } from "../runs/node-options.ts";
import { runFacts } from "../runs/run-facts.ts";
import { evaluationDocument } from "../reports/evaluation-document.ts";
import { writeEvaluation } from "../reports/report-run.ts";
import { foldFolder, modelFile, readRunInfo } from "../runs/run-folder.ts";
import { trainRun } from "../runs/train-run.ts";
import type { TrainingRequest } from "../runs/training-request.ts";
import { printJson } from "./output.ts";
import type { ProgressDisplay } from "./progress.ts";

interface Request extends Omit<TrainingRequest, "facts"> {
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

interface Surroundings {
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
  const { protocol } = await readRunInfo(runFolder);
  if (protocol === "all") {
    const model = modelFile(foldFolder(runFolder, 1));
    if (json) printJson({ format: 2, runFolder, model, warnings });
    else console.log(`Model: ${model}`);
    return;
  }
  const run = await evaluateRun(runFolder);
  const paths = data === undefined ? [] : [data].flat();
  const areTexts = await Promise.all(paths.map((path) => holdsTexts(path, corpusOptions)));
  const { clips } =
    paths.length > 0 && !areTexts.includes(true)
      ? await readCorpora(paths, corpusOptions)
      : { clips: [] };
  await writeEvaluation(runFolder, run, { clips });
  const report = join(runFolder, "report.html");
  if (json) {
    const all = [...warnings, ...run.warnings];
    printJson({ ...evaluationDocument(run), runFolder, report, warnings: all });
    return;
  }
  printSummary(run);
  console.log(`Report: ${report}`);
}

const percent = (share: number): string => (share * 100).toFixed(1);

function printSummary({ info, folds, scores, warnings }: EvaluatedRun): void {
  const { value, low, high } = scores.unweightedAverageRecall;
  const interval =
    low === undefined || high === undefined
      ? noIntervalReason(scores.speakers)
      : `95 % interval ${percent(low)} to ${percent(high)}`;
  const measured = `${percent(value)} %${interval === undefined ? "" : ` (${interval})`}`;
  const models = folds.length === 1 ? "1 fold" : `${folds.length} folds`;
  console.log(`Test UAR ${measured}, protocol ${info.protocol}, ${models}.`);
  if (info.protocol === "leave-one-corpus-out") {
    for (const { fold, test } of folds) {
      const { unweightedAverageRecall } = labelScores(countPredictions(test, info.labels.length));
      console.log(`  ${info.corpora?.[fold - 1]}: UAR ${percent(unweightedAverageRecall)} %`);
    }
  }
  if (isLeaky(info.protocol)) {
    console.log("Test speakers were in training: this score does not hold for unseen speakers.");
  }
  for (const warning of warnings) console.log(`Warning: ${warning}`);
}
