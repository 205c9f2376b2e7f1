import { examples } from "./command.ts";
import { requiredQueueOption } from "./queue-option.ts";
import { recognitionCommand } from "./recognition-options.ts";

/** `undertone batch submit`: recordings into a queue. */
export const batchSubmitCommand = recognitionCommand(
  "submit",
  "Add recordings to a queue; what is in it, or has its result, is not added again",
)
  .argument("<paths...>", "Audio files and folders, or a manifest (.jsonl) as of: analyze")
  .addOption(requiredQueueOption)
  .requiredOption("--out <folder>", "Folder of the results, which all workers see at this path")
  .addHelpText(
    "after",
    examples(
      "undertone batch submit calls/ --queue redis://10.0.0.5 --out out",
      "undertone batch submit m.jsonl --queue postgres://db/u --out out",
    ),
  )
  .action(async (paths, options) => {
    const { submitBatch } = await import("./run-batch-submit.ts");
    await submitBatch(paths, options);
  });

export type BatchSubmitOptions = ReturnType<typeof batchSubmitCommand.opts>;
