import { resolve } from "node:path";
import { createCommand, examples } from "./command.ts";
import { requiredQueueOption } from "./queue-option.ts";

/** `undertone batch cancel`: empties a queue. */
export const batchCancelCommand = createCommand(
  "cancel",
  "Remove jobs that wait or have failed; what runs is finished",
)
  .argument("[folder]", "Only those whose results go here (default: all)")
  .addOption(requiredQueueOption)
  .addHelpText("after", examples("undertone batch cancel results --queue redis://10.0.0.5"))
  .action(async (folder, { queue: url }) => {
    const { openQueue } = await import("../jobs/job-queue.ts");
    const queue = await openQueue(url);
    try {
      const count = await queue.cancel(folder && resolve(folder));
      console.log(`Jobs that were removed: ${count}.`);
    } finally {
      await queue.close();
    }
  });
