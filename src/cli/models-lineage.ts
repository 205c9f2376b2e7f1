import { createCommand, examples } from "./command.ts";
import { jsonOption } from "./options.ts";
import { printJson } from "./output.ts";
import { formatTable } from "./table.ts";

/** `undertone models lineage`: what a model was trained on, and whether it may be sold. */
export const lineageCommand = createCommand(
  "lineage",
  "Show which corpora a model was trained on, and whether their licenses permit commercial use",
)
  .argument("<model>", "A model's .onnx file, or one of default, open, small, words, speakers")
  .addOption(jsonOption)
  .addHelpText("after", examples("undertone models lineage open"))
  .action(async (model, { json }) => {
    const { lineageOf } = await import("../runs/lineage.ts");
    const { corpora, commercialUse } = await lineageOf(model);
    if (json) {
      printJson({ model, commercialUse, corpora });
      return;
    }
    if (corpora.length === 0) {
      console.log("The model's file does not say what it was trained on.");
      return;
    }
    const rows = corpora.map(({ corpus, license, commercialUse: permitted, source }) => [
      corpus,
      license ?? "not known here",
      permitted ? "yes" : "no",
      source ?? "",
    ]);
    console.log(formatTable(["corpus", "license", "commercial use", "source"], rows, Infinity));
    const verdict = commercialUse ? "permit commercial use" : "do not all permit commercial use";
    console.log(`\nThe licenses of its training data ${verdict}.`);
  });
