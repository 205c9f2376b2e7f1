import { join } from "node:path";
import type { Clip } from "../datasets/manifest.ts";
import { readCorpora, type CorpusOptions } from "../datasets/read-corpus.ts";
import { holdsTexts } from "../datasets/text-manifest.ts";
import { noIntervalReason, type Estimate } from "../evaluation/bootstrap.ts";
import { estimateText } from "../evaluation/estimates.ts";
import { countPredictions, labelScores } from "../evaluation/metrics.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { evaluateDimensionRun, type EvaluatedDimensions } from "../runs/evaluate-dimension-run.ts";
import { evaluateRun, isLeaky, type EvaluatedRun } from "../runs/evaluate-run.ts";
import { nodeRunOptions } from "../runs/node-options.ts";
import { runFacts } from "../runs/run-facts.ts";
import { writeDimensionEvaluation } from "../reports/report-dimensions.ts";
import { writeEvaluation } from "../reports/report-run.ts";
import { foldFolder, modelFile, readRunInfo } from "../runs/run-folder.ts";
import { trainRun } from "../runs/train-run.ts";
import type { TrainingRequest } from "../runs/training-request.ts";
import { counted } from "./output.ts";
import type { ProgressDisplay } from "./progress.ts";

interface Request extends Omit<TrainingRequest, "facts"> {
  /** The line that a person types to repeat the run. */
  readonly command: string;
  readonly threads: number | undefined;
}

interface ReportedData {
  readonly data: string | readonly string[] | undefined;
  readonly corpusOptions?: CorpusOptions | undefined;
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
  const { command, threads, ...training } = request;
  for (const warning of (await nodeRuntime()).warnings) progress.warn(warning);
  await trainRun(
    { ...training, facts: runFacts(command, threads) },
    nodeRunOptions({ onProgress: progress, logger: progress, threads, signal }),
  );
  await reportRun(request.runFolder, request);
}

/**
 * Scores a run and writes its report; a protocol without test clips leaves a model only.
 * @param data the corpora, for the clips of the report
 */
export async function reportRun(
  runFolder: string,
  { data, corpusOptions }: ReportedData,
): Promise<void> {
  const { protocol, dimensions } = await readRunInfo(runFolder);
  if (protocol === "all") {
    console.log(`Model: ${modelFile(foldFolder(runFolder, 1))}`);
    return;
  }
  if (dimensions) {
    const run = await evaluateDimensionRun(runFolder);
    await writeDimensionEvaluation(run);
    printDimensionSummary(run);
  } else {
    const run = await evaluateRun(runFolder);
    await writeEvaluation(runFolder, run, { clips: await clipsOf(data, corpusOptions) });
    printSummary(run);
  }
  console.log(`Report: ${join(runFolder, "report.html")}`);
}

/** Clips of a run's corpora; none of texts, nor where they are not at hand. */
async function clipsOf(
  data: ReportedData["data"],
  corpusOptions: CorpusOptions | undefined,
): Promise<readonly Clip[]> {
  const paths = data === undefined ? [] : [data].flat();
  const areTexts = await Promise.all(paths.map((path) => holdsTexts(path, corpusOptions)));
  if (paths.length === 0 || areTexts.includes(true)) return [];
  return (await readCorpora(paths, corpusOptions)).clips;
}

const percent = (share: number): string => (share * 100).toFixed(1);

function printSummary({ info, folds, scores, warnings }: EvaluatedRun): void {
  const { value } = scores.unweightedAverageRecall;
  const interval = intervalOf(scores.unweightedAverageRecall, scores.speakers, percent);
  console.log(
    `Test UAR ${percent(value)} %${interval}, protocol ${info.protocol}, ${counted(folds.length, "fold")}.`,
  );
  if (info.protocol === "leave-one-corpus-out") {
    for (const { fold, test } of folds) {
      const { unweightedAverageRecall } = labelScores(countPredictions(test, info.labels.length));
      console.log(`  ${info.corpora?.[fold - 1]}: UAR ${percent(unweightedAverageRecall)} %`);
    }
  }
  printCautions(info.protocol, warnings);
}

function printDimensionSummary({ info, folds, scores, warnings }: EvaluatedDimensions): void {
  const { concordance, speakers, dimensions } = scores;
  const each = dimensions.map(
    (scored) => `${scored.name} ${estimateText(scored.concordance, ccc)}`,
  );
  const interval = intervalOf(concordance, speakers, ccc);
  console.log(
    `Test CCC ${ccc(concordance.value)}${interval}: ${each.join(", ")}; protocol ${info.protocol}, ${counted(folds.length, "fold")}.`,
  );
  printCautions(info.protocol, warnings);
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

function printCautions(protocol: string, warnings: readonly string[]): void {
  if (isLeaky(protocol)) {
    console.log("Test speakers were in training: this score does not hold for unseen speakers.");
  }
  for (const warning of warnings) console.log(`Warning: ${warning}`);
}
