import { summaries } from "./command-list.ts";
import { createCommand, examples } from "./command.ts";
import { columnsOption, corpusOption, layoutOption } from "./dataset-arguments.ts";
import { jsonOption } from "./options.ts";

/** `undertone evaluate`: scores a run folder and writes its report. */
export const evaluateCommand = createCommand("evaluate", summaries.evaluate)
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
    const { scoreRun } = await import("./score-run.ts");
    const { readCorpus } = await import("../datasets/read-corpus.ts");
    const clips = data === undefined ? [] : (await readCorpus(data, corpusOptions)).clips;
    await scoreRun(runFolder, { clips, json });
  });
