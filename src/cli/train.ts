import { summaries } from "./command-list.ts";
import { protocolNames } from "../datasets/protocols.ts";
import { createCommand, examples } from "./command.ts";
import {
  columnsOption,
  corpusOption,
  layoutOption,
  mapOption,
  speakerFromOption,
} from "./dataset-arguments.ts";
import { queueOption } from "./queue-option.ts";
import { choice, jsonOption, repeatable, threadsOption, wholeNumber } from "./options.ts";

/** `undertone train`: a recipe and a corpus in, a run folder with models and a report out. */
export const trainCommand = createCommand("train", summaries.train)
  .argument("<recipe>", "Recipe: a name, as in: undertone recipes list; or a JSON file")
  .requiredOption(
    "--data <path>",
    "Corpus: its folder, or a CSV or JSON Lines table of path, emotion, speaker (repeatable)",
    repeatable,
  )
  .addOption(corpusOption)
  .addOption(columnsOption)
  .addOption(layoutOption)
  .addOption(speakerFromOption)
  .addOption(mapOption)
  .option(
    "--extra-data <path>",
    "Auxiliary corpus, added to the training split only (repeatable)",
    repeatable,
  )
  .option(
    "--noise <folder>",
    "Noise or music that augmentation adds, in place of white and pink noise (repeatable)",
    repeatable,
  )
  .option(
    "--ordinary-speech <path>",
    "Folder or table of speech without labels, added to training as neutral (repeatable)",
    repeatable,
  )
  .option(
    "--not-speech <path>",
    "Sounds in which nobody speaks: the model learns to report no emotion of such (repeatable)",
    repeatable,
  )
  .option(
    "--ordinary-text <file>",
    "For text models: sentences that are evidence of nothing, one a line",
  )
  .option("--out <folder>", "Run folder (default: runs/ and the recipe's name)")
  .addOption(
    choice("--protocol <name>", "Split of the corpus, in place of the recipe's", {
      names: protocolNames,
      synonyms: {
        loso: "leave-one-speaker-out",
        "leave-one-subject-out": "leave-one-speaker-out",
        loco: "leave-one-corpus-out",
        "cross-corpus": "leave-one-corpus-out",
        "k-fold": "speaker-folds",
        kfold: "speaker-folds",
        "group-k-fold": "speaker-folds",
        "speaker-independent": "speaker-folds",
        "80/20": "random",
        none: "all",
      },
    }),
  )
  .option(
    "--calibrate-from <run>",
    "With --protocol all: calibrate by the test clips of this run by folds of the same recipe",
  )
  .option("--init-from <run>", "Warm start: begin with the weights of this run")
  .option(
    "--set <key=value>",
    "Setting of the recipe, as in training.mixupAlpha=0.3 (repeatable)",
    repeatable,
  )
  .option("--folds <numbers>", "Only these folds, such as 1,2 or 1-3 (default: all)", foldNumbers)
  .option("--seed <number>", "Random seed, in place of the recipe's", wholeNumber(0))
  .option("--epochs <count>", "Number of epochs, in place of the recipe's", wholeNumber())
  .option("--resume", "Continue the run in the run folder")
  .addOption(queueOption)
  .addOption(threadsOption)
  .addOption(jsonOption)
  .addHelpText(
    "after",
    examples(
      "undertone train audio-cnn --data data/ravdess",
      "undertone train audio-cnn --data clips.csv --folds 1,2 --resume",
      "undertone train audio-cnn --data my.csv --set training.epochs=9",
      "undertone train text-gru --data data/meld --extra-data my.csv",
      "undertone train audio-cnn --data data/crema-d --data data/emodb",
      "undertone train audio-cnn --data d.csv --queue redis://10.0.0.5",
    ),
  )
  .action(async (recipe, options) => {
    const { runTraining } = await import("./run-training.ts");
    await runTraining(recipe, options);
  });

export type TrainOptions = ReturnType<typeof trainCommand.opts>;

/** Reads numbers and ranges of them: `1,3-5` is 1, 3, 4 and 5. */
function foldNumbers(text: string): number[] {
  return text.split(",").flatMap((part) => {
    const [, from, to] = /^(\d{1,4})-(\d{1,4})$/.exec(part) ?? [];
    const first = wholeNumber()(from ?? part);
    const last = wholeNumber(first)(to ?? String(first));
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}
