import { defineCommand } from "citty";
import { UndertoneError } from "../shared/errors.ts";
import { wholeNumber } from "./arguments.ts";
import { signalOf } from "./cancel.ts";
import { featureCacheFolder } from "./folders.ts";
import { printJson } from "./output.ts";
import { printEvaluation } from "./print-evaluation.ts";
import { createProgress } from "./progress.ts";
import { runFacts } from "./run-facts.ts";

/** `undertone test`: a finished model on labeled recordings that it was not trained on. */
export const testCommand = defineCommand({
  meta: {
    name: "test",
    description:
      "Score a finished model on labeled recordings that it was not trained on, and write the report",
    examples: [
      "undertone test default --data my-recordings.csv",
      "undertone test runs/audio-cnn/fold-1/model.onnx --data data/crema-d --out runs/cnn-on-crema-d",
    ],
  },
  args: {
    model: {
      type: "positional",
      required: true,
      description: "An .onnx file of Undertone, or default, small or crema-d, which come with it",
    },
    data: {
      type: "string",
      required: true,
      valueHint: "folder",
      description: "The recordings: a corpus's folder, or a CSV or JSON Lines table of clips",
    },
    out: {
      type: "string",
      valueHint: "folder",
      description: "Run folder; by default in runs/, by the names of model and corpus",
    },
    json: { type: "boolean", description: "Print one JSON document" },
    threads: {
      type: "string",
      valueHint: "count",
      description: "Threads for the arithmetic; by default one a core",
    },
  },
  run: async ({ args, data, rawArgs }) => {
    const { testModel } = await import("../runs/test-model.ts");
    const { evaluateRun, evaluationDocument } = await import("../runs/evaluate-run.ts");
    const { writeEvaluation } = await import("../reports/report-run.ts");
    const { nodeRuntime } = await import("../graph/runtime.node.ts");
    const { openEncoder } = await import("../recognition/open-encoder.node.ts");
    const { findVoiceModel } = await import("../recognition/voice-model.node.ts");
    const progress = createProgress(process.stderr);
    const signal = signalOf({ data });
    const threads = args.threads === undefined ? undefined : wholeNumber("--threads", args.threads);
    const { runFolder, clips } = await testModel(
      {
        model: (await findVoiceModel(args.model)).path,
        data: args.data,
        runFolder: args.out,
        cacheFolder: featureCacheFolder(),
        facts: runFacts(["undertone", "test", ...rawArgs].join(" "), threads),
      },
      {
        runtime: nodeRuntime,
        openEncoder: (heard) => openEncoder(heard, { threads, onProgress: progress, signal }),
        onProgress: progress,
        logger: progress,
        threads,
        signal,
      },
    ).catch((error: unknown) => {
      if (!(error instanceof UndertoneError) || error.code !== "cancelled") throw error;
      const message =
        "Stopped. The same command begins anew, but what encoders have heard is kept.";
      throw new UndertoneError("cancelled", message, { cause: error });
    });
    const run = await evaluateRun(runFolder);
    await writeEvaluation(runFolder, run, { clips });
    const document = evaluationDocument(run);
    if (args.json) printJson(document);
    else printEvaluation(document, runFolder);
  },
});
