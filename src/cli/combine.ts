import { combinationMethods } from "../models/combination.ts";
import { createCommand, examples } from "./command.ts";
import { choice } from "./options.ts";

/** `undertone combine`: finished runs in, their late fusion or ensemble as a run of its own out. */
export const combineCommand = createCommand(
  "combine",
  "Combine finished runs (late fusion, ensembles) into a run with scores, report and model",
)
  .argument("<runs...>", "Two or more run folders with the same corpus, protocol and folds")
  .addOption(
    choice("--method <name>", "How their probabilities become one", {
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
    }).default("mean" as const),
  )
  .option("--name <name>", "Name of the combination (default: the runs' names)")
  .option("--out <folder>", "Run folder (default: runs/ and the combination's name)")
  .option(
    "--calibrate-from <run>",
    "Of runs with --protocol all: calibrate by this combination of runs by folds",
  )
  .option("--data <path>", "The corpus, for the clips of the report")
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
