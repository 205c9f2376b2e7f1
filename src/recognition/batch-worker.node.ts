/** A process that loads a recognizer and does what its parent asks for, one task at a time. */
import { setPriority } from "node:os";
import { guardWorker, tellParent } from "../shared/guard-worker.node.ts";
import type { Progress } from "../shared/logger.ts";
import type { EnrolledSpeaker } from "./engine.ts";
import type { Outcome } from "./file-result.node.ts";
import type { AnalysisStage } from "./recognize.ts";
import type { AnalyzeOptions, Recognizer } from "./recognizer.ts";
import { sendableError, type SentError } from "../shared/sent-errors.ts";
import type { LoadedFacts, WorkerOptions } from "./worker-process.node.ts";

/** From the parent to the worker; the first is `load`. */
export type WorkerTask =
  | { readonly kind: "load"; readonly options: Omit<WorkerOptions, "recognition"> }
  | { readonly kind: "enroll"; readonly paths: readonly string[]; readonly isNeutral: boolean }
  | { readonly kind: "analyze"; readonly path: string; readonly options: AnalyzeOptions };

/** What ends a task. */
export type WorkerAnswer =
  | ({ readonly kind: "loaded" } & LoadedFacts)
  | { readonly kind: "enrolled"; readonly speaker: EnrolledSpeaker }
  | { readonly kind: "outcome"; readonly outcome: Outcome }
  | { readonly kind: "failed"; readonly error: SentError };

/** What a worker tells while it is at a task. */
export type WorkerNews =
  | { readonly kind: "download"; readonly progress: Progress }
  | { readonly kind: "progress"; readonly doneSec: number; readonly stage: AnalysisStage };

const send = (message: WorkerAnswer | WorkerNews): void => tellParent(message);

function tellProgress(doneSec: number, stage: AnalysisStage): void {
  send({ kind: "progress", doneSec, stage });
}

/** They load while the heart beats. */
const modules = Promise.all([
  import("./load-recognizer.node.ts"),
  import("./file-result.node.ts"),
] as const);
// What every model needs loads while the parent finds out what is asked; a failure is told where it is used.
import("../graph/runtime.node.ts").then(({ nodeRuntime }) => nodeRuntime()).catch(() => undefined);
let recognizer: Recognizer | undefined;

async function answer(task: WorkerTask): Promise<WorkerAnswer> {
  const [{ openRecognizer }, { outcomeOf }] = await modules;
  if (task.kind === "load") {
    const { niceness, ...options } = task.options;
    if (niceness !== undefined) setPriority(niceness);
    recognizer = await openRecognizer({
      threads: 1,
      ...options,
      decodesHere: true,
      onProgress: (progress) => send({ kind: "download", progress }),
    });
    globalThis.gc?.(); // files of models, which are held until then
    const { transcriber, warnings } = recognizer;
    return { kind: "loaded", transcriber, warnings };
  }
  if (task.kind === "enroll") {
    const { isNeutral } = task;
    return { kind: "enrolled", speaker: await recognizer!.enroll(task.paths, { isNeutral }) };
  }
  const options = { ...task.options, onProgress: tellProgress };
  return { kind: "outcome", outcome: await outcomeOf(recognizer!, task.path, options) };
}

guardWorker();
process.on("message", (task: WorkerTask) => {
  answer(task).then(send, (error: unknown) => {
    send({ kind: "failed", error: sendableError(error) });
  });
});
