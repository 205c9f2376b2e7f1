import { defineCommand } from "citty";
import { join } from "node:path";
import { protocolNames } from "../datasets/protocols.ts";
import { UndertoneError } from "../shared/errors.ts";
import { everyValue, wholeNumber } from "./arguments.ts";
import { signalOf } from "./cancel.ts";
import { featureCacheFolder } from "./folders.ts";
import { createProgress } from "./progress.ts";

/** `undertone train`: a recipe and a corpus in, a run folder with models and a report out. */
export const trainCommand = defineCommand({
  meta: {
    name: "train",
    description: "Train the folds of a recipe on a corpus, evaluate them and write the report",
    examples: [
      "undertone train recipes/audio-cnn.json --data data/ravdess",
      "undertone train recipes/audio-cnn-brief.json --data data/ravdess --protocol emobox",
      "undertone train recipes/audio-cnn.json --data data/ravdess --folds 1,2 --resume",
      "undertone train recipes/text-gru.json --data data/meld --extra-data data/goemotions",
    ],
  },
  args: {
    recipe: { type: "positional", required: true, description: "A recipe: a JSON file" },
    data: {
      type: "string",
      required: true,
      valueHint: "folder",
      description: "The corpus: its folder, or a CSV or JSON Lines table of clips",
    },
    set: { type: "string", valueHint: "key=value", description: "A setting of the recipe" },
    "init-from": { type: "string", valueHint: "run", description: "A run to begin with" },
    "extra-data": {
      type: "string",
      valueHint: "folder",
      description:
        "A companion corpus, which joins the training side only; may stand several times",
    },
    out: {
      type: "string",
      valueHint: "folder",
      description: "Run folder; by default runs/ and the recipe's name",
    },
    protocol: {
      type: "string",
      valueHint: "name",
      description: `Split of the corpus in place of the recipe's: ${protocolNames.join(", ")}`,
    },
    "calibrate-from": {
      type: "string",
      valueHint: "run",
      description:
        "A run by folds of the same recipe, whose test clips calibrate a model of --protocol all",
    },
    folds: { type: "string", valueHint: "1,2", description: "Only these folds; by default all" },
    seed: { type: "string", valueHint: "number", description: "Seed in place of the recipe's" },
    epochs: {
      type: "string",
      valueHint: "count",
      description: "Number of epochs in place of the recipe's",
    },
    resume: { type: "boolean", description: "Go on with the run that the folder holds" },
    threads: {
      type: "string",
      valueHint: "count",
      description: "Threads for the arithmetic; by default one a core",
    },
  },
  run: async ({ args, data, rawArgs }) => {
    const { trainAndReport } = await import("./train-and-report.ts");
    const { readRecipe } = await import("../recipes/read-recipe.ts");
    const { experimentOf } = await import("../recipes/recipe.ts");
    const recipe = await readRecipe(args.recipe, [
      ...everyValue("set", rawArgs),
      ...(args.protocol === undefined ? [] : [`protocol=${args.protocol}`]),
      ...(args.seed === undefined ? [] : [`seed=${wholeNumber("--seed", args.seed, 0)}`]),
      ...(args.epochs === undefined
        ? []
        : [`training.epochs=${wholeNumber("--epochs", args.epochs)}`]),
    ]);
    const training = trainAndReport(
      {
        experiment: experimentOf(recipe),
        data: args.data,
        extraData: everyValue("extra-data", rawArgs),
        initFrom: args["init-from"],
        runFolder: args.out ?? join("runs", recipe.name),
        cacheFolder: featureCacheFolder(),
        calibrateFrom: args["calibrate-from"],
        folds: args.folds?.split(",").map((fold) => wholeNumber("--folds", fold)),
        resume: args.resume ?? false,
        command: ["undertone", "train", ...rawArgs].join(" "),
        threads: args.threads === undefined ? undefined : wholeNumber("--threads", args.threads),
      },
      { progress: createProgress(process.stderr), signal: signalOf({ data }) },
    );
    await training.catch((error: unknown) => {
      if (!(error instanceof UndertoneError) || error.code !== "cancelled") throw error;
      const message = "Stopped. The same command with --resume goes on from the last epoch.";
      throw new UndertoneError("cancelled", message, { cause: error });
    });
  },
});
