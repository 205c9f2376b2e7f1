import { nodeRuntime } from "../graph/runtime.node.ts";
import { openEncoder } from "../recognition/open-encoder.node.ts";
import { findVoiceModel } from "../recognition/voice-model.node.ts";
import { writeEvaluation } from "../reports/report-run.ts";
import { evaluationDocument } from "../reports/evaluation-document.ts";
import { evaluateRun } from "../runs/evaluate-run.ts";
import { testModel } from "../runs/test-model.ts";
import { cancellable } from "./cancel.ts";
import { featureCacheFolder } from "./folders.ts";
import { printJson } from "./output.ts";
import { printEvaluation } from "./print-evaluation.ts";
import { createProgress } from "./progress.ts";
import { runFacts } from "../runs/run-facts.ts";
import { typedCommand } from "./typed-command.ts";
import type { TestOptions } from "./test.ts";

/** Tests a model, named or in a file, as the options of `undertone test` say. */
export async function runTest(model: string, options: TestOptions): Promise<void> {
  const { data, out, json, threads, ...corpusOptions } = options;
  const progress = createProgress(process.stderr);
  const facts = runFacts(typedCommand(), threads);
  const path = (await findVoiceModel(model)).path;
  const cacheFolder = featureCacheFolder();
  const { runFolder, clips } = await cancellable(
    (signal) =>
      testModel(
        { model: path, data, corpusOptions, runFolder: out, cacheFolder, facts },
        {
          runtime: nodeRuntime,
          openEncoder: (encoder) => openEncoder(encoder, { threads, onProgress: progress, signal }),
          onProgress: progress,
          logger: progress,
          threads,
          signal,
        },
      ),
    () => "The same command starts again and keeps the features that encoders extracted.",
  );
  const run = await evaluateRun(runFolder);
  await writeEvaluation(runFolder, run, { clips });
  const document = evaluationDocument(run);
  if (json) printJson(document);
  else printEvaluation(document, runFolder);
}
