import { createGroup } from "./command.ts";
import { listCommand } from "./models-list.ts";
import { pullCommand } from "./models-pull.ts";
import { removeCommand } from "./models-remove.ts";
import { verifyCommand } from "./models-verify.ts";

/** `undertone models`: published weights on this machine. */
export const modelsCommand = createGroup(
  "models",
  "Download, verify and delete the pretrained models that undertone uses",
  [listCommand, pullCommand, removeCommand, verifyCommand],
);
