import { throwIfCancelled } from "../shared/errors.ts";
import type { FileResult, Outcome } from "./file-result.node.ts";
import { outcomeOf } from "./file-result.node.ts";
import type { FoundFile } from "./find-audio.node.ts";
import { loadRecognizer } from "./load-recognizer.node.ts";
import { WorkerProcess } from "./worker-process.node.ts";

interface BatchOptions {
  /** Path of the model's file. */
  readonly model: string;
  readonly modelId: string;
  /** How many processes share the work. */
  readonly jobs: number;
  readonly signal: AbortSignal;
  /** Called once for each file, in the order in which they are done. */
  readonly onResult: (result: FileResult) => Promise<void>;
  /** Called with the seconds that are done when there is but one file. */
  readonly onProgress: (doneSec: number) => void;
}

/**
 * Analyses many files with a process a job; a single file is analysed here, with all cores.
 * A bad file has an `error` in its result and does not stop the others.
 * @throws UndertoneError `cancelled`, or when the model cannot be loaded
 */
export async function analyzeFiles(
  files: readonly FoundFile[],
  options: BatchOptions,
): Promise<void> {
  const { modelId, onResult } = options;
  const readable = files.filter(({ error }) => error === undefined);
  for (const { error, ...file } of files) {
    if (error !== undefined) await onResult({ ...file, modelId, error });
  }
  const [first] = readable;
  if (first === undefined) return;
  if (readable.length === 1) {
    await onResult({ ...first, modelId, ...(await analyzeHere(first.file, options)) });
    return;
  }
  await analyzeInProcesses(readable, options);
}

async function analyzeHere(path: string, options: BatchOptions): Promise<Outcome> {
  const { model, signal, onProgress } = options;
  const recognizer = await loadRecognizer({ model });
  try {
    return await outcomeOf(recognizer, path, { signal, onProgress });
  } finally {
    await recognizer.close();
  }
}

async function analyzeInProcesses(
  files: readonly FoundFile[],
  { model, modelId, jobs, signal, onResult }: BatchOptions,
): Promise<void> {
  const count = Math.min(jobs, files.length);
  const workers = Array.from({ length: count }, () => new WorkerProcess(model));
  const queue = files.values();
  const stop = (): void => {
    for (const worker of workers) worker.stop();
  };
  signal.addEventListener("abort", stop);
  try {
    await Promise.all(
      workers.map(async (worker) => {
        for (const file of queue) {
          throwIfCancelled(signal);
          const outcome = await worker.analyze(file.file);
          throwIfCancelled(signal);
          await onResult({ ...file, modelId, ...outcome });
        }
      }),
    );
  } catch (error) {
    // A worker that was stopped before it had its model fails in its own way.
    throwIfCancelled(signal);
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
    stop();
  }
}
