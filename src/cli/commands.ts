import { createRequire } from "node:module";
import { createCommand, createGroup, examples, type AnyCommand } from "./command.ts";
import { summaries, type CommandName } from "./command-list.ts";
import { exitCodeHelp } from "./exit-codes.ts";

const { version }: { readonly version: string } = createRequire(import.meta.url)(
  "../../package.json",
);

/** A command declares its options in its file and loads what it works with when called. */
const loaders: Readonly<Record<CommandName, () => Promise<AnyCommand>>> = {
  analyze: async () => (await import("./analyze.ts")).analyzeCommand,
  batch: async () => (await import("./batch.ts")).batchCommand,
  studio: async () => (await import("./studio.ts")).studioCommand,
  serve: async () => (await import("./serve.ts")).serveCommand,
  transcribe: async () => (await import("./transcribe.ts")).transcribeCommand,
  spectrogram: async () => (await import("./spectrogram.ts")).spectrogramCommand,
  dataset: async () => (await import("./dataset.ts")).datasetCommand,
  train: async () => (await import("./train.ts")).trainCommand,
  combine: async () => (await import("./combine.ts")).combineCommand,
  recipes: async () => (await import("./recipes.ts")).recipesCommand,
  evaluate: async () => (await import("./evaluate.ts")).evaluateCommand,
  test: async () => (await import("./test.ts")).testCommand,
  calibrate: async () => (await import("./calibrate.ts")).calibrateCommand,
  "cross-corpus": async () => (await import("./cross-corpus.ts")).crossCorpusCommand,
  compare: async () => (await import("./compare.ts")).compareCommand,
  results: async () => (await import("./results.ts")).resultsCommand,
  models: async () => (await import("./models.ts")).modelsCommand,
  export: async () => (await import("./export.ts")).exportCommand,
  cache: async () => (await import("./cache.ts")).cacheCommand,
  demo: async () => (await import("./demo.ts")).demoCommand,
};

/**
 * Returns the whole command line. Where words are given, only the command that they name has its options; without words,
 * all have.
 */
export async function openCommandLine(words?: readonly string[]) {
  const names = Object.keys(summaries).filter(isCommandName);
  const meant = words?.find(isCommandName);
  const commands = names.map(async (name) =>
    words === undefined || name === meant ? loaders[name]() : createCommand(name, summaries[name]),
  );
  return createGroup(
    "undertone",
    "Emotion in speech: train, evaluate and use models on your own machine",
    await Promise.all(commands),
  )
    .helpCommand("help [command]", "Show the help of a command")
    .version(version, "-V, --version", "Show the version")
    .option("--verbose", "Show errors with their causes")
    .addHelpText(
      "after",
      examples(
        "undertone demo",
        "undertone analyze interview.mp3",
        "undertone train audio-cnn --data data/ravdess",
      ),
    )
    .addHelpText("after", exitCodeHelp);
}

const isCommandName = (name: string): name is CommandName => Object.hasOwn(summaries, name);
