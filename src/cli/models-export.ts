import { createCommand, examples } from "./command.ts";
import { offlineOption } from "./options.ts";

/** `undertone models export`: a model and its encoder in one file. */
export const exportCommand = createCommand(
  "export",
  "Write a model and its encoder as one ONNX file, from waveform to probabilities",
)
  .argument("<model>", "A model's .onnx file, or one of default, open")
  .requiredOption("--out <file>", "Write the file, an .onnx file")
  .addOption(offlineOption)
  .addHelpText("after", examples("undertone models export open --out open-whole.onnx"))
  .action(async (model, { out, offline }) => {
    const { runExport } = await import("./run-export.ts");
    await runExport(model, { out, offline });
  });
