import { summaries } from "./command-list.ts";
import { createCommand, examples } from "./command.ts";
import { choice, offlineOption } from "./options.ts";

/** `undertone export`: a model and its encoders in one file, in the folder that other programs want. */
export const exportCommand = createCommand("export", summaries.export)
  .argument("<model>", "A model's .onnx file, or one of default, open, small, words")
  .addOption(
    choice(
      "--to <layout>",
      "Files of a Triton model repository, a Hugging Face repository, or plain",
      {
        names: ["triton", "onnx", "huggingface"],
        synonyms: { kserve: "triton", hf: "huggingface", "hugging-face": "huggingface" },
      },
    ).default("onnx" as const),
  )
  .requiredOption("--out <folder>", "Write into this folder, which is new")
  .addOption(offlineOption)
  .addHelpText(
    "after",
    examples(
      "undertone export open --out open",
      "undertone export default --to triton --out models",
      "undertone export words --to huggingface --out words",
      "undertone export runs/a/fold-1/model.onnx --to triton --out a",
    ),
  )
  .action(async (model, options) => {
    const { runExport } = await import("./run-export.ts");
    await runExport(model, options);
  });
