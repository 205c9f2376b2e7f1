import { resolve } from "node:path";
import { readModelCard } from "../../models/model-card.ts";
import { batchOf, type WorkOrder } from "../../recognition/batch-folder.node.ts";
import { modelIdOf, modelNameOf } from "../../recognition/file-result.node.ts";
import {
  findVoiceModel,
  inFile,
  readModel,
  shippedModel,
  type VoiceModel,
} from "../../recognition/voice-model.node.ts";
import { WorkerProcess, type WorkerOptions } from "../../recognition/worker-process.node.ts";
import type { ProgressListener } from "../../shared/logger.ts";
import { voiceModels } from "../../shared/shipped-models.ts";
import type { Limits } from "./limits.ts";
import type { Log } from "./log.ts";
import type { ServedModel } from "./service.ts";

export interface ServedOptions extends Omit<
  WorkerOptions,
  "model" | "recognition" | "threads" | "keepTranscripts" | "niceness"
> {
  /** Audio model: a file, or the name of one that comes with the package. */
  readonly model: string | undefined;
  /** How many processes analyze. */
  readonly workers: number;
  readonly limits: Pick<Limits, "maxDurationSec">;
  readonly log: Log;
  /** Told of the downloads. */
  readonly onProgress: ProgressListener;
  readonly signal: AbortSignal;
}

/**
 * Starts the processes, each with its models loaded. The first one downloads what is missing.
 * @throws UndertoneError what loading the models throws
 */
export async function loadServed(
  options: ServedOptions,
): Promise<{ readonly model: ServedModel; readonly workers: readonly WorkerProcess[] }> {
  const { textModel, transcriber, language, offline, onProgress, signal, limits } = options;
  const voice = await findVoiceModel(options.model, { offline, onProgress, signal });
  const card = await inFile(voice.path, () => readModelCard(voice.bytes));
  const recognition = { maxDurationSec: limits.maxDurationSec };
  const told = {
    model: voice.path,
    textModel,
    transcriber,
    language,
    offline,
    keepTranscripts: false, // What people say stays nowhere but in the answer.
    threads: 1,
    niceness: 10, // So that the server answers at once, however busy they are.
    recognition,
  };
  const first = new WorkerProcess(told);
  const workers = [first];
  const stop = (): void => workers.forEach((each) => each.stop());
  signal.addEventListener("abort", stop);
  try {
    const loaded = await first.start();
    const warnings = [...voice.warnings, ...loaded.warnings];
    for (const warning of warnings) options.log("warn", "degraded", { warning });
    // What could not be had by the first is not asked for again by each process.
    const worker = { ...told, transcriber: loaded.transcriber === null ? false : transcriber };
    while (workers.length < options.workers) workers.push(new WorkerProcess(worker));
    await Promise.all(workers.map((each) => each.start()));
    return {
      workers,
      model: {
        name: modelNameOf(voice, card),
        labels: card.labels,
        transcriber: loaded.transcriber,
        warnings,
        startedAt: Date.now(),
        worker,
        order: await orderOf(voice, { ...worker, transcriber: loaded.transcriber ?? false }),
      },
    };
  } catch (error) {
    stop();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

/** Resolves to how other machines, each with its own copy of the models, do what this one does. */
async function orderOf(
  voice: VoiceModel,
  { transcriber, language, keepTranscripts, recognition, textModel }: WorkerOptions,
): Promise<WorkOrder> {
  const text = typeof textModel === "string" ? await readModel(resolve(textModel)) : undefined;
  const shipped = voiceModels.find((name) => shippedModel(name) === voice.path);
  return batchOf({
    settings: { modelId: modelIdOf(voice), textModelId: text ? modelIdOf(text) : null },
    worker: {
      model: shipped ?? resolve(voice.path),
      textModel: text?.path,
      transcriber,
      language,
      keepTranscripts,
      recognition,
    },
  });
}
