import { createCommand, examples } from "./command.ts";
import {
  columnsOption,
  corpusOption,
  layoutOption,
  mapOption,
  speakerFromOption,
} from "./dataset-arguments.ts";
import { jsonOption, threadsOption } from "./options.ts";

/** `undertone test`: a finished model on labeled recordings that it was not trained on. */
export const testCommand = createCommand(
  "test",
  "Score a finished model on labeled recordings that it was not trained on, and write the report",
)
  .argument("<model>", "Audio model: an .onnx file, or one of default, small, crema-d")
  .requiredOption(
    "--data <path>",
    "Recordings: a corpus's folder, or a CSV or JSON Lines table of path, emotion, speaker",
  )
  .addOption(corpusOption)
  .addOption(columnsOption)
  .addOption(layoutOption)
  .addOption(speakerFromOption)
  .addOption(mapOption)
  .option("--out <folder>", "Run folder (default: in runs/, named after model and corpus)")
  .addOption(jsonOption)
  .addOption(threadsOption)
  .addHelpText(
    "after",
    examples(
      "undertone test default --data my-recordings.csv",
      "undertone test model.onnx --data data/crema-d --out runs/x",
    ),
  )
  .action(async (model, options) => {
    const { runTest } = await import("./run-test.ts");
    await runTest(model, options);
  });

export type TestOptions = ReturnType<typeof testCommand.opts>;
