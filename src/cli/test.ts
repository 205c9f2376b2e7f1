import { summaries } from "./command-list.ts";
import { createCommand, examples } from "./command.ts";
import {
  columnsOption,
  corpusOption,
  layoutOption,
  mapOption,
  speakerFromOption,
} from "./dataset-arguments.ts";
import { UndertoneError } from "../shared/errors.ts";
import { jsonOption, repeatable, speakersOption, threadsOption, wholeNumber } from "./options.ts";

/** `undertone test`: a finished model on labeled recordings that it was not trained on. */
export const testCommand = createCommand("test", summaries.test)
  .argument("[model]", "Audio model: an .onnx file, or one of default, open, small")
  .option(
    "--data <path>",
    "Recordings: a corpus's folder, or a CSV or JSON Lines table of path, emotion, speaker",
  )
  .option(
    "--rttm <path>",
    "Test diarization: an RTTM file beside its recordings, or a folder (repeatable)",
    repeatable,
  )
  .addOption(speakersOption)
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
      "undertone test --rttm calls/",
    ),
  )
  .action(async (model, options) => {
    const { rttm, data } = options;
    if (rttm !== undefined) {
      assertAlone(model, options);
      const { runDiarizationTest } = await import("./run-diarization-test.ts");
      return runDiarizationTest(rttm, options);
    }
    if (model === undefined || data === undefined) {
      const message =
        "Name a model and recordings, as in: undertone test default --data my-recordings.csv";
      throw new UndertoneError("usage", message);
    }
    if (options.speakers !== undefined) {
      throw new UndertoneError("usage", "--speakers is for a test of diarization: add --rttm.");
    }
    if (options.conditions) {
      const { runConditionsTest } = await import("./run-conditions-test.ts");
      return runConditionsTest(model, { ...options, data });
    }
    assertOnlyWithConditions(options);
    const { runTest } = await import("./run-test.ts");
    await runTest(model, { ...options, data });
  });

export type TestOptions = ReturnType<typeof testCommand.opts>;

/** Options of a test of a model. */
export type ModelTestOptions = TestOptions & { readonly data: string };

/** @throws UndertoneError `usage` */
function assertAlone(model: string | undefined, { data, conditions, out }: TestOptions): void {
  if (model === undefined && data === undefined && !conditions && out === undefined) return;
  const message =
    "--rttm tests the diarization alone: leave out the model, --data, --out and --conditions.";
  throw new UndertoneError("usage", message);
}

function assertOnlyWithConditions({ noise, seed }: TestOptions): void {
  if (noise === undefined && seed === undefined) return;
  const option = noise === undefined ? "--seed" : "--noise";
  throw new UndertoneError("usage", `${option} is for a test under conditions: add --conditions.`);
}
