import { createCommand, examples } from "./command.ts";

/** `undertone batch collect`: the results of a batch as one file. */
export const batchCollectCommand = createCommand(
  "collect",
  "Write the results of a batch into one file, in the order of its recordings",
)
  .argument("<folder>", "Folder of results")
  .requiredOption(
    "--out <file>",
    "New file; its extension decides the format: .jsonl, .json, .csv, .parquet, .txt, .rttm",
  )
  .option("--partial", "Also where recordings are not done yet")
  .addHelpText(
    "after",
    examples(
      "undertone batch collect results --out results.parquet",
      "undertone batch collect results --out results.csv --partial",
    ),
  )
  .action(async (folder, options) => {
    const { collectBatch } = await import("./run-batch-collect.ts");
    await collectBatch(folder, options);
  });
