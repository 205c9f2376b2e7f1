import { resolve } from "node:path";
import { createCommand, examples } from "./command.ts";
import { requiredQueueOption } from "./queue-option.ts";

/** `undertone batch retry`: gives failed jobs all their attempts again. */
export const batchRetryCommand = createCommand("retry", "Try failed jobs again")
  .argument("[folder]", "Only those whose results go here (default: all)")
  .addOption(requiredQueueOption)
  .addHelpText("after", examples("undertone batch retry results --queue redis://10.0.0.5"))
  .action(async (folder, { queue: url }) => {
    const { openQueue } = await import("../jobs/job-queue.ts");
    const queue = await openQueue(url);
    try {
      const count = await queue.retry(folder && resolve(folder));
      console.log(`Jobs that are tried again: ${count}.`);
    } finally {
      await queue.close();
    }
  });
