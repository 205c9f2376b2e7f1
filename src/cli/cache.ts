import { clearCommand } from "./cache-clear.ts";
import { listCommand } from "./cache-list.ts";
import { createGroup } from "./command.ts";

/** `undertone cache`: what can be downloaded or computed again. */
export const cacheCommand = createGroup(
  "cache",
  "Show and clear what is kept on this machine: downloaded models, features and transcripts",
  [listCommand, clearCommand],
);
