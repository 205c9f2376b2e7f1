import { summaries } from "./command-list.ts";
import { createCommand, examples } from "./command.ts";
import {
  columnsOption,
  corpusOption,
  layoutOption,
  mapOption,
  speakerFromOption,
} from "./dataset-arguments.ts";
import { jsonOption, repeatable, threadsOption } from "./options.ts";

/** `undertone calibrate`: a finished model and labeled recordings in, the same model with their calibration out. */
export const calibrateCommand = createCommand("calibrate", summaries.calibrate)
  .argument("<model>", "Audio model: a name, as in: undertone models list; or an .onnx file")
  .requiredOption(
    "--data <path>",
    "Recordings: a corpus's folder, or a table of path, emotion, speaker (repeatable)",
    repeatable,
  )
  .requiredOption("--out <file>", "Write the calibrated model, an .onnx file")
  .addOption(corpusOption)
  .addOption(columnsOption)
  .addOption(layoutOption)
  .addOption(speakerFromOption)
  .addOption(mapOption)
  .addOption(jsonOption)
  .addOption(threadsOption)
  .addHelpText("after", examples("undertone calibrate small --data our-calls.csv --out calls.onnx"))
  .action(async (model, options) => {
    const { runCalibration } = await import("./run-calibration.ts");
    await runCalibration(model, options);
  });

export type CalibrateOptions = ReturnType<typeof calibrateCommand.opts>;
