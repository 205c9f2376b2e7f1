import { createRequire } from "node:module";
import { analyzeCommand } from "./analyze.ts";
import { batchCommand } from "./batch.ts";
import { cacheCommand } from "./cache.ts";
import { createGroup, examples } from "./command.ts";
import { calibrateCommand } from "./calibrate.ts";
import { combineCommand } from "./combine.ts";
import { compareCommand } from "./compare.ts";
import { crossCorpusCommand } from "./cross-corpus.ts";
import { datasetCommand } from "./dataset.ts";
import { demoCommand } from "./demo.ts";
import { evaluateCommand } from "./evaluate.ts";
import { exitCodeHelp } from "./exit-codes.ts";
import { exportCommand } from "./export.ts";
import { modelsCommand } from "./models.ts";
import { recipesCommand } from "./recipes.ts";
import { resultsCommand } from "./results.ts";
import { serveCommand } from "./serve.ts";
import { spectrogramCommand } from "./spectrogram.ts";
import { studioCommand } from "./studio.ts";
import { testCommand } from "./test.ts";
import { trainCommand } from "./train.ts";
import { transcribeCommand } from "./transcribe.ts";

const { version }: { readonly version: string } = createRequire(import.meta.url)(
  "../../package.json",
);

/** The whole command line. A command declares its options here and loads what it works with when called. */
export const undertone = createGroup(
  "undertone",
  "Emotion in speech: train, evaluate and use models on your own machine",
  [
    analyzeCommand,
    batchCommand,
    studioCommand,
    serveCommand,
    transcribeCommand,
    spectrogramCommand,
    datasetCommand,
    trainCommand,
    combineCommand,
    recipesCommand,
    evaluateCommand,
    testCommand,
    calibrateCommand,
    crossCorpusCommand,
    compareCommand,
    resultsCommand,
    modelsCommand,
    exportCommand,
    cacheCommand,
    demoCommand,
  ],
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
