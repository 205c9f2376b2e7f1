import { createCommand, examples } from "./command.ts";
import { jsonOption } from "./options.ts";
import { requiredQueueOption } from "./queue-option.ts";

/** `undertone batch status`: how far a queue is, and what failed. */
export const batchStatusCommand = createCommand(
  "status",
  "Count the jobs that wait, run and are done, and list what failed and why",
)
  .argument("[folder]", "Folder of results, to count what is done of it")
  .addOption(requiredQueueOption)
  .addOption(jsonOption)
  .addHelpText("after", examples("undertone batch status results --queue redis://10.0.0.5"))
  .action(async (folder, options) => {
    const { showBatchStatus } = await import("./run-batch-status.ts");
    await showBatchStatus(folder, options);
  });
