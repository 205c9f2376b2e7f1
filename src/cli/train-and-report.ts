import { createRequire } from "node:module";
import { arch, cpus, platform, totalmem } from "node:os";
import { readCorpus } from "../datasets/read-corpus.ts";
import { evaluateRun } from "../experiments/evaluate-run.ts";
import { writeEvaluation } from "../experiments/report-run.ts";
import type { RunInfo } from "../experiments/run-folder.ts";
import { trainRun, type TrainingRequest } from "../experiments/train-run.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import type { ProgressDisplay } from "./progress.ts";

interface Request extends Omit<TrainingRequest, "facts"> {
  /** The line that a person types to repeat the run. */
  readonly command: string;
  readonly threads: number | undefined;
}

interface Surroundings {
  readonly progress: ProgressDisplay;
  readonly signal: AbortSignal;
}

/** Trains a run, then scores what has finished and writes its report. */
export async function trainAndReport(
  request: Request,
  { progress, signal }: Surroundings,
): Promise<void> {
  const { command, threads, ...training } = request;
  await trainRun(
    { ...training, facts: { command, versions: versions(), machine: machine(threads) } },
    {
      runtime: nodeRuntime,
      onProgress: progress,
      onEpoch: (line) => progress.info(line),
      onWarning: (message) => progress.warn(message),
      threads,
      signal,
    },
  );
  const run = await evaluateRun(request.runFolder);
  await writeEvaluation(request.runFolder, run, { clips: (await readCorpus(request.data)).clips });
  const { value, low, high } = run.scores.unweightedAverageRecall;
  const percent = (share: number | undefined): string => ((share ?? Number.NaN) * 100).toFixed(1);
  const interval = low === undefined ? "" : ` (95 % interval ${percent(low)} to ${percent(high)})`;
  console.log(`Test UAR ${percent(value)} %${interval}, protocol ${run.info.protocol}.`);
  console.log(`Report: ${request.runFolder}/report.html`);
}

function versions(): RunInfo["versions"] {
  const require = createRequire(import.meta.url);
  const versionOf = (path: string): string => {
    const { version }: { readonly version: string } = require(path);
    return version;
  };
  return {
    undertone: versionOf("../../package.json"),
    node: process.versions.node,
    onnxruntime: versionOf("onnxruntime-node/package.json"),
  };
}

function machine(threads: number | undefined): RunInfo["machine"] {
  const processors = cpus();
  return {
    cpu: processors[0]?.model.trim() ?? "unknown",
    cores: processors.length,
    threads: threads ?? processors.length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${platform()} ${arch()}`,
  };
}
