import { z } from "zod";
import { UndertoneError } from "../shared/errors.ts";
import { hasResult, keepFailure, keepResult, type WorkOrder } from "./batch-folder.node.ts";
import type { Failure } from "./find-audio.node.ts";
import { modelIdOf, type Outcome } from "./file-result.node.ts";
import { findVoiceModel, readModel } from "./voice-model.node.ts";
import { WorkerProcess } from "./worker-process.node.ts";

/** A job of a batch, as its worker is told. */
export const analysisJobSchema = z.strictObject({
  kind: z.literal("analyze"),
  /** The folder of the batch. */
  folder: z.string(),
  job: z.string().regex(/^[0-9a-f]{40}$/),
  path: z.string(),
  section: z.strictObject({ startSec: z.number(), endSec: z.number() }).optional(),
});

export type AnalysisJob = z.infer<typeof analysisJobSchema>;

interface AnalyzerOptions {
  /** How many jobs there are at most at once. */
  readonly jobs: number;
  /** Downloads nothing. */
  readonly offline: boolean;
}

/** A process that waits for its next job. */
interface IdleProcess {
  readonly batch: string;
  readonly process: WorkerProcess;
}

/** Does jobs of batches in child processes, which are kept between jobs of one batch. */
export class BatchAnalyzer {
  readonly #options: AnalyzerOptions;
  readonly #busy = new Set<WorkerProcess>();
  #idle: IdleProcess[] = [];

  constructor(options: AnalyzerOptions) {
    this.#options = options;
  }

  /**
   * Does a job, unless it is done, and keeps its result or its failure in the folder of its batch. Resolves to that failure.
   * @param isLastAttempt whether a result without all words is better than none
   * @throws UndertoneError where no job of the batch can be done here: another model, a full disk
   */
  async analyze(
    { folder, job, path, section }: AnalysisJob,
    batch: WorkOrder,
    isLastAttempt: boolean,
  ): Promise<Failure | undefined> {
    if (await hasResult(folder, job)) return undefined;
    const { worker } = batch;
    const key = JSON.stringify(worker);
    const process = this.#take(key) ?? (await this.#open(batch));
    this.#busy.add(process);
    try {
      const outcome = await process.analyze(path, { section });
      const failure = failureOf(path, outcome, isLastAttempt);
      if (failure) await keepFailure(folder, job, failure);
      else if (!("error" in outcome)) await keepResult(folder, job, outcome);
      return failure;
    } finally {
      this.#busy.delete(process);
      this.#idle.push({ batch: key, process });
    }
  }

  /** Ends all processes. */
  stop(): void {
    for (const process of [...this.#busy, ...this.#idle.map((each) => each.process)])
      process.stop();
    this.#busy.clear();
    this.#idle = [];
  }

  #take(batch: string): WorkerProcess | undefined {
    const found = this.#idle.find((each) => each.batch === batch);
    this.#idle = this.#idle.filter((each) => each !== found);
    if (found === undefined && this.#busy.size + this.#idle.length >= this.#options.jobs) {
      this.#idle.shift()?.process.stop();
    }
    return found?.process;
  }

  async #open({ settings, worker }: WorkOrder): Promise<WorkerProcess> {
    const { offline } = this.#options;
    const voice = await findVoiceModel(worker.model, { offline });
    assertModel(worker.model, settings.modelId, modelIdOf(voice));
    if (settings.textModelId !== null && worker.textModel !== undefined) {
      const text = await readModel(worker.textModel);
      assertModel(text.path, settings.textModelId, modelIdOf(text));
    }
    return new WorkerProcess({ ...worker, offline });
  }
}

function failureOf(path: string, outcome: Outcome, isLastAttempt: boolean): Failure | undefined {
  if ("error" in outcome) return outcome.error;
  if (outcome.untranscribed === undefined || isLastAttempt) return undefined;
  return { code: "network-failed", message: `${path}: the transcriber failed.` };
}

/** @throws UndertoneError `model-invalid` for another model than that of the batch */
function assertModel(path: string, expected: string, actual: string): void {
  if (expected === actual) return;
  throw new UndertoneError(
    "model-invalid",
    `${path}: is another model here (${actual}) than where the batch was submitted (${expected}). Copy that one here.`,
  );
}
