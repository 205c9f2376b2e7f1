/** Trains recipes in this process, as tests of runs need it. */
import { nodeRuntime } from "../../src/graph/runtime.node.ts";
import { parseExperiment } from "../../src/recipes/recipe.ts";
import { trainRun } from "../../src/runs/train-run.ts";
import type { RunOptions, TrainingRequest } from "../../src/runs/training-request.ts";

const unasked = (): Promise<never> => Promise.reject(new Error("not asked for"));

/** Facts of a run in a test. */
export const testFacts = { command: "test", versions: {}, machine: {} };

/** Options without models to fetch, one thread, and a log of all messages. */
export function testOptions(
  changes: Partial<RunOptions> = {},
): RunOptions & { readonly messages: string[] } {
  const messages: string[] = [];
  const log = (message: string): void => void messages.push(message);
  return {
    runtime: nodeRuntime,
    openSentenceEncoder: unasked,
    openTranscriber: unasked,
    encoderFile: unasked,
    openEncoder: unasked,
    onProgress: () => {},
    logger: { info: log, warn: log },
    threads: 1,
    ...changes,
    messages,
  };
}

type Training = Pick<TrainingRequest, "data" | "runFolder" | "cacheFolder"> &
  Partial<TrainingRequest> & { readonly recipe: object };

/** Trains the recipe of this content into its run folder, and resolves to that folder. */
export async function train(
  { recipe, ...request }: Training,
  options: RunOptions = testOptions(),
): Promise<string> {
  const experiment = await parseExperiment(recipe, "test");
  const given = { extraData: [], resume: true, facts: testFacts, ...request, experiment };
  await trainRun(given, options);
  return request.runFolder;
}
