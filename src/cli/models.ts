import { summaries } from "./command-list.ts";
import { createGroup } from "./command.ts";
import { lineageCommand } from "./models-lineage.ts";
import { listCommand } from "./models-list.ts";
import { pullCommand } from "./models-pull.ts";
import { removeCommand } from "./models-remove.ts";
import { verifyCommand } from "./models-verify.ts";

/** `undertone models`: published weights on this machine. */
export const modelsCommand = createGroup("models", summaries.models, [
  listCommand,
  pullCommand,
  removeCommand,
  verifyCommand,
  lineageCommand,
]);
