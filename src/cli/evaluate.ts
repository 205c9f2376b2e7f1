import { defineCommand } from "citty";
import { printJson } from "./output.ts";
import { printEvaluation } from "./print-evaluation.ts";

/** `undertone evaluate`: scores a run folder and writes its report. */
export const evaluateCommand = defineCommand({
  meta: {
    name: "evaluate",
    description:
      "Score a run on its test speakers and write evaluation.json and report.html into it",
    examples: [
      "undertone evaluate runs/audio-cnn",
      "undertone evaluate runs/audio-cnn --data data/ravdess",
    ],
  },
  args: {
    run: { type: "positional", required: true, description: "A run's folder" },
    data: {
      type: "string",
      valueHint: "folder",
      description: "The corpus, to show spectrograms of the mistakes in the report",
    },
    json: { type: "boolean", description: "Print one JSON document" },
  },
  run: async ({ args }) => {
    const { evaluateRun, evaluationDocument } = await import("../runs/evaluate-run.ts");
    const { writeEvaluation } = await import("../reports/report-run.ts");
    const { readCorpus } = await import("../datasets/read-corpus.ts");
    const run = await evaluateRun(args.run);
    const clips = args.data === undefined ? [] : (await readCorpus(args.data)).clips;
    await writeEvaluation(args.run, run, { clips });
    const document = evaluationDocument(run);
    if (args.json) printJson(document);
    else printEvaluation(document, args.run);
  },
});
