import { join } from "node:path";
import { isRecorded } from "../datasets/manifest.ts";
import { evaluateRun, isLeaky, type EvaluatedRun } from "../runs/evaluate-run.ts";
import { readData } from "../runs/read-data.ts";
import { writeEvaluation } from "../reports/report-run.ts";
import { foldFolder, modelFile } from "../runs/run-folder.ts";
import { trainRun } from "../runs/train-run.ts";
import type { TrainingRequest } from "../runs/training-request.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { encoderFile, openEncoder } from "../recognition/open-encoder.node.ts";
import type { ProgressDisplay } from "./progress.ts";
import { runFacts } from "./run-facts.ts";

interface Request extends Omit<TrainingRequest, "facts"> {
  /** The line that a person types to repeat the run. */
  readonly command: string;
  readonly threads: number | undefined;
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
  await trainRun(
    { ...training, facts: runFacts(command, threads) },
    {
      runtime: nodeRuntime,
      openTranscriber: async (provider) => {
        const { openTranscriber } = await import("./open-transcriber.ts");
        return openTranscriber(provider, progress, signal);
      },
      openSentenceEncoder: async (name) => {
        const { openSentenceEncoder } = await import("./open-sentence-encoder.ts");
        return openSentenceEncoder(name, { threads, onProgress: progress, signal });
      },
      encoderFile: (name) => encoderFile(name, { onProgress: progress, signal }),
      openEncoder: (encoder) => openEncoder(encoder, { threads, onProgress: progress, signal }),
      onProgress: progress,
      logger: progress,
      threads,
      signal,
    },
  );
  if (request.recipe.protocol === "all") {
    console.log(`Model: ${modelFile(foldFolder(request.runFolder, 1))}`);
    return;
  }
  const run = await evaluateRun(request.runFolder);
  const { clips } = await readData(request.data, request.recipe);
  await writeEvaluation(request.runFolder, run, { clips: clips.filter(isRecorded) });
  printSummary(run);
  console.log(`Report: ${join(request.runFolder, "report.html")}`);
}

const percent = (share: number): string => (share * 100).toFixed(1);

function printSummary({ info, folds, scores, warnings }: EvaluatedRun): void {
  const { value, low, high } = scores.unweightedAverageRecall;
  const interval =
    low === undefined || high === undefined
      ? ""
      : ` (95 % interval ${percent(low)} to ${percent(high)})`;
  const models = folds.length === 1 ? "1 fold" : `${folds.length} folds`;
  console.log(`Test UAR ${percent(value)} %${interval}, protocol ${info.protocol}, ${models}.`);
  if (isLeaky(info.protocol)) {
    console.log("Test speakers were in training: this score does not hold for unseen speakers.");
  }
  for (const warning of warnings) console.log(`Warning: ${warning}`);
}
