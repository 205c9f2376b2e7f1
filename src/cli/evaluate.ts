import { createCommand, examples } from "./command.ts";
import { columnsOption, corpusOption, layoutOption } from "./dataset-arguments.ts";
import { jsonOption } from "./options.ts";
import { printJson } from "./output.ts";
import { printEvaluation } from "./print-evaluation.ts";

/** `undertone evaluate`: scores a run folder and writes its report. */
export const evaluateCommand = createCommand(
  "evaluate",
  "Score a run on its test speakers and write evaluation.json and report.html into it",
)
  .argument("<run>", "Run folder")
  .option(
    "--data <folder>",
    "Corpus of the run: its most confident errors can be played in the report",
  )
  .addOption(corpusOption)
  .addOption(columnsOption)
  .addOption(layoutOption)
  .addOption(jsonOption)
  .addHelpText(
    "after",
    examples(
      "undertone evaluate runs/audio-cnn",
      "undertone evaluate runs/audio-cnn --data data/ravdess",
    ),
  )
  .action(async (runFolder, { data, json, ...corpusOptions }) => {
    const { evaluateRun } = await import("../runs/evaluate-run.ts");
    const { evaluationDocument } = await import("../reports/evaluation-document.ts");
    const { writeEvaluation } = await import("../reports/report-run.ts");
    const { readCorpus } = await import("../datasets/read-corpus.ts");
    const run = await evaluateRun(runFolder);
    const clips = data === undefined ? [] : (await readCorpus(data, corpusOptions)).clips;
    await writeEvaluation(runFolder, run, { clips });
    const document = evaluationDocument(run);
    if (json) printJson(document);
    else printEvaluation(document, runFolder);
  });
