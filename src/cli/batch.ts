import { summaries } from "./command-list.ts";
import { batchCancelCommand } from "./batch-cancel.ts";
import { batchCollectCommand } from "./batch-collect.ts";
import { batchRetryCommand } from "./batch-retry.ts";
import { batchStatusCommand } from "./batch-status.ts";
import { batchSubmitCommand } from "./batch-submit.ts";
import { batchWorkCommand } from "./batch-work.ts";
import { createGroup } from "./command.ts";

/** `undertone batch`: many recordings on many machines. */
export const batchCommand = createGroup("batch", summaries.batch, [
  batchSubmitCommand,
  batchWorkCommand,
  batchStatusCommand,
  batchRetryCommand,
  batchCancelCommand,
  batchCollectCommand,
]);
