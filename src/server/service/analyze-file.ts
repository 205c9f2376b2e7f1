import type { Analysis } from "../../recognition/analysis.ts";
import type { Failure } from "../../recognition/find-audio.node.ts";
import type { RecognitionSettings } from "../../recognition/worker-process.node.ts";
import { UndertoneError } from "../../shared/errors.ts";
import type { Service } from "./service.ts";
import type { PoolTask } from "./worker-pool.ts";

type AnalyzingService = Pick<Service, "metrics" | "model" | "limits"> & {
  readonly pool: Pick<Service["pool"], "analyze">;
};

interface FileToAnalyze extends PoolTask {
  readonly path: string;
  /** What messages call the file. */
  readonly name: string;
}

/** Analyzes a file; whatever is wrong with it becomes its outcome. @throws as `WorkerPool.analyze` */
export async function outcomeOfFile(
  { pool, metrics, model, limits }: AnalyzingService,
  { path, name, ...task }: FileToAnalyze,
): Promise<Analysis | { readonly error: Failure }> {
  const recognition: RecognitionSettings = {
    ...task.recognition,
    maxDurationSec: limits.maxDurationSec,
  };
  const outcome = await pool.analyze(path, { ...task, recognition }).catch((cause: unknown) => {
    const isOwn = cause instanceof UndertoneError && cause.code !== "cancelled";
    throw isOwn ? new Error(`No worker has its models: ${cause.message}`, { cause }) : cause;
  });
  if ("error" in outcome) {
    const { code, message } = outcome.error;
    return { error: { code, message: message.replaceAll(path, name || "The recording") } };
  }
  metrics.audioSec.inc(outcome.durationSec);
  const warnings = [...new Set([...model.warnings, ...outcome.warnings])];
  return { ...outcome, warnings };
}

/** Analyzes a file. @throws UndertoneError what is wrong with it; and as `WorkerPool.analyze` */
export async function analyzeFile(...given: Parameters<typeof outcomeOfFile>): Promise<Analysis> {
  const outcome = await outcomeOfFile(...given);
  if (!("error" in outcome)) return outcome;
  const { code, message } = outcome.error;
  throw code === "internal" ? new Error(message) : new UndertoneError(code, message);
}
