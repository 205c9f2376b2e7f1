import { createCommand, examples } from "./command.ts";
import {
  columnsOption,
  corpusOption,
  layoutOption,
  mapOption,
  speakerFromOption,
} from "./dataset-arguments.ts";
import { UndertoneError } from "../shared/errors.ts";
import { jsonOption, repeatable, threadsOption, wholeNumber } from "./options.ts";

/** `undertone test`: a finished model on labeled recordings that it was not trained on. */
export const testCommand = createCommand(
  "test",
  "Score a finished model on labeled recordings that it was not trained on, and write the report",
)
  .argument("<model>", "Audio model: an .onnx file, or one of default, open, small")
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
  .option(
    "--conditions",
    "Test under telephone codecs, noise, reverberation and distance, and write the points lost",
  )
  .option(
    "--noise <folder>",
    "With --conditions: recordings of noise, in place of white and pink noise (repeatable)",
    repeatable,
  )
  .option("--seed <number>", "With --conditions: random seed (default: 1)", wholeNumber(0))
  .addOption(jsonOption)
  .addOption(threadsOption)
  .addHelpText(
    "after",
    examples(
      "undertone test default --data my-recordings.csv",
      "undertone test model.onnx --data data/crema-d --out runs/x",
      "undertone test default --data data/emodb --conditions",
    ),
  )
  .action(async (model, options) => {
    if (options.conditions) {
      const { runConditionsTest } = await import("./run-conditions-test.ts");
      return runConditionsTest(model, options);
    }
    assertOnlyWithConditions(options);
    const { runTest } = await import("./run-test.ts");
    await runTest(model, options);
  });

export type TestOptions = ReturnType<typeof testCommand.opts>;

function assertOnlyWithConditions({ noise, seed }: TestOptions): void {
  if (noise === undefined && seed === undefined) return;
  const option = noise === undefined ? "--seed" : "--noise";
  throw new UndertoneError("usage", `${option} is for a test under conditions: add --conditions.`);
}
