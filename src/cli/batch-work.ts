import { createCommand, examples } from "./command.ts";
import { numberUpTo, offlineOption, wholeNumber } from "./options.ts";
import { requiredQueueOption } from "./queue-option.ts";

/** `undertone batch work`: does the jobs of a queue. */
export const batchWorkCommand = createCommand(
  "work",
  "Do jobs of a queue until stopped: recordings of batch submit, folds of train --queue",
)
  .addOption(requiredQueueOption)
  .option("--jobs <count>", "Jobs at once (default: number of CPU cores)", wholeNumber())
  .option("--until-empty", "End when nothing is left to do")
  .option(
    "--lease <seconds>",
    "After so long without a sign of life a worker's jobs go to another one",
    numberUpTo(86_400),
    30,
  )
  .addOption(offlineOption)
  .addHelpText(
    "after",
    examples(
      "undertone batch work --queue redis://10.0.0.5",
      "undertone batch work --queue redis://db --jobs 8 --until-empty",
    ),
  )
  .action(async (options) => {
    const { workOnQueue } = await import("./run-batch-work.ts");
    await workOnQueue(options);
  });

export type BatchWorkOptions = ReturnType<typeof batchWorkCommand.opts>;
