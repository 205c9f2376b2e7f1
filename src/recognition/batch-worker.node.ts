/** A process that analyzes the files whose paths its parent sends, one at a time. */
import { UndertoneError, type ErrorCode } from "../shared/errors.ts";
import { outcomeOf, type Outcome } from "./file-result.node.ts";
import { loadRecognizer } from "./load-recognizer.node.ts";
import type { AnalysisMessage, WorkerOptions } from "./worker-process.node.ts";

/** First whether the worker has its model, then an outcome for each path. */
export type WorkerMessage =
  | { readonly kind: "ready" }
  | { readonly kind: "refused"; readonly code: ErrorCode; readonly message: string }
  | { readonly kind: "outcome"; readonly outcome: Outcome };

/** Sends, and ends when the parent has gone. */
function send(message: WorkerMessage): void {
  process.send?.(message, undefined, {}, (error) => {
    if (error !== null) process.exit();
  });
}

// The terminal sends Ctrl-C to the worker as well; when to stop is for the parent to say.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit());

try {
  const { recognition, ...options }: WorkerOptions = JSON.parse(process.argv[2]!);
  const recognizer = await loadRecognizer({ ...options, threads: 1, thread: false });
  process.on("message", ({ path, section }: AnalysisMessage) => {
    void outcomeOf(recognizer, path, { ...recognition, section }).then((outcome) =>
      send({ kind: "outcome", outcome }),
    );
  });
  send({ kind: "ready" });
} catch (error) {
  if (!(error instanceof UndertoneError)) throw error;
  send({ kind: "refused", code: error.code, message: error.message });
}
