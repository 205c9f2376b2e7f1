import { findVoiceModel } from "../recognition/voice-model.node.ts";
import { testModel } from "../runs/test-model.ts";
import { cancellableTest } from "./cancellable-test.ts";
import { featureCacheFolder } from "./folders.ts";
import { createProgress } from "./progress.ts";
import { scoreRun } from "./score-run.ts";
import { runFacts } from "../runs/run-facts.ts";
import { typedCommand } from "./typed-command.ts";
import type { ModelTestOptions } from "./test.ts";

/** Tests a model, named or in a file, as the options of `undertone test` say. */
export async function runTest(model: string, options: ModelTestOptions): Promise<void> {
  const { data, out, json, threads, ...corpusOptions } = options;
  const progress = createProgress(process.stderr);
  const facts = runFacts(typedCommand(), threads);
  const path = (await findVoiceModel(model)).path;
  const cacheFolder = featureCacheFolder();
  const { runFolder, clips } = await cancellableTest(
    (testOptions) =>
      testModel(
        { model: path, data, corpusOptions, runFolder: out, cacheFolder, facts },
        testOptions,
      ),
    { progress, threads },
  );
  await scoreRun(runFolder, { clips, json });
}
