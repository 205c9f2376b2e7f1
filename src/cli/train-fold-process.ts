/** A process that trains one fold of a run, as its parent says. */
import { nodeRunOptions } from "../runs/node-options.ts";
import { runFacts } from "../runs/run-facts.ts";
import { trainRun } from "../runs/train-run.ts";
import type { Failure } from "../recognition/find-audio.node.ts";
import { UndertoneError } from "../shared/errors.ts";
import { createProgress } from "./progress.ts";
import { requestOf } from "./run-training.ts";
import type { TrainOptions } from "./train.ts";
import type { TrainingJob } from "./training-job.ts";

// The terminal sends Ctrl-C to the child as well; when to stop is for the parent to say.
process.on("SIGINT", () => undefined);
process.on("disconnect", () => process.exit());

try {
  const { recipe, options, command, fold }: TrainingJob & { readonly options: TrainOptions } =
    JSON.parse(process.argv[2]!);
  const request = await requestOf(recipe, { ...options, folds: [fold], resume: true });
  const { threads } = request;
  const progress = createProgress(process.stderr);
  await trainRun(
    { ...request, facts: runFacts(command, threads) },
    nodeRunOptions({ onProgress: progress, logger: progress, threads }),
  );
  process.disconnect();
} catch (error) {
  if (!(error instanceof UndertoneError)) throw error;
  const failure: Failure = { code: error.code, message: error.message };
  process.send?.(failure, () => process.exit(1));
}
