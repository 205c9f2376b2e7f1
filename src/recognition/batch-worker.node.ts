/** A process that analyzes the files that its parent sends, one at a time. */
import { setPriority } from "node:os";
import { UndertoneError, type ErrorCode } from "../shared/errors.ts";
import { outcomeOf, type Outcome } from "./file-result.node.ts";
import { loadRecognizer } from "./load-recognizer.node.ts";
import type { LoadedFacts, WorkerOptions, WorkerTask } from "./worker-process.node.ts";

/** First whether the worker has its model, then an outcome for each file. */
export type WorkerMessage =
  | ({ readonly kind: "ready" } & LoadedFacts)
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
  const { recognition: _, niceness, ...options }: WorkerOptions = JSON.parse(process.argv[2]!);
  if (niceness !== undefined) setPriority(niceness);
  const recognizer = await loadRecognizer({ threads: 1, ...options, thread: false });
  process.on("message", ({ path, recognition }: WorkerTask) => {
    void outcomeOf(recognizer, path, recognition).then((outcome) =>
      send({ kind: "outcome", outcome }),
    );
  });
  const { transcriber, warnings } = recognizer;
  send({ kind: "ready", transcriber, warnings });
} catch (error) {
  if (!(error instanceof UndertoneError)) throw error;
  send({ kind: "refused", code: error.code, message: error.message });
}
