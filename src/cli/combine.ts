import { summaries } from "./command-list.ts";
import { combinationMethods } from "../models/combination.ts";
import { createCommand, examples } from "./command.ts";
import { columnsOption, corpusOption, layoutOption } from "./dataset-arguments.ts";
import { choice, jsonOption } from "./options.ts";

/** `undertone combine`: finished runs in, their late fusion or ensemble as a run of its own out. */
export const combineCommand = createCommand("combine", summaries.combine)
  .argument(
    "<runs...>",
    "Folders of two or more finished runs, on the same corpus, protocol and folds",
  )
  .addOption(
    choice(
      "--method <name>",
      "mean: average probabilities; logits: average logits; weights: the same, with weights fitted on validation clips; vote: majority of labels",
      {
        names: combinationMethods,
        synonyms: {
          average: "mean",
          averaging: "mean",
          "mean-logits": "logits",
          "mean-probabilities": "mean",
          soft: "mean",
          voting: "vote",
          weighted: "weights",
        },
      },
    ).default("mean" as const),
  )
  .option("--name <name>", "Name of the new run (default: the runs' names, joined by +)")
  .option("--out <folder>", "Folder of the new run (default: runs/ and its name)")
  .option(
    "--calibrate-from <run>",
    "For runs trained with --protocol all, which have no test clips: calibrate by those of this combined run",
  )
  .option(
    "--data <path>",
    "Corpus of the runs: the most confident errors can be played in the report",
  )
  .addOption(corpusOption)
  .addOption(columnsOption)
  .addOption(layoutOption)
  .addOption(jsonOption)
  .addHelpText(
    "after",
    examples(
      "undertone combine runs/audio-cnn runs/text-gru --method logits",
      "undertone combine runs/a runs/b runs/c --name ensemble-3",
    ),
  )
  .action(async (runs, options) => {
    const { runCombination } = await import("./run-combination.ts");
    await runCombination(runs, options);
  });

export type CombineOptions = ReturnType<typeof combineCommand.opts>;
