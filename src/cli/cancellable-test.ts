import { nodeRuntime } from "../graph/runtime.node.ts";
import { openEncoder } from "../recognition/open-encoder.node.ts";
import type { TestOptions } from "../runs/test-model.ts";
import { cancellable } from "./cancel.ts";
import type { ProgressDisplay } from "./progress.ts";

/** Runs a test of models, which Ctrl-C stops. */
export function cancellableTest<Result>(
  test: (options: TestOptions) => Promise<Result>,
  {
    progress,
    threads,
  }: { readonly progress: ProgressDisplay; readonly threads?: number | undefined },
): Promise<Result> {
  return cancellable(
    (signal) =>
      test({
        runtime: nodeRuntime,
        openEncoder: (encoder) => openEncoder(encoder, { threads, onProgress: progress, signal }),
        onProgress: progress,
        logger: progress,
        threads,
        signal,
      }),
    () => "The same command starts again and keeps the features that encoders extracted.",
  );
}
