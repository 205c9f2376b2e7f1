import { summaries } from "./command-list.ts";
import { clearCommand } from "./cache-clear.ts";
import { listCommand } from "./cache-list.ts";
import { createGroup } from "./command.ts";

/** `undertone cache`: what can be downloaded or computed again. */
export const cacheCommand = createGroup("cache", summaries.cache, [listCommand, clearCommand]);
