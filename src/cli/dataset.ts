import { summaries } from "./command-list.ts";
import { createGroup } from "./command.ts";
import { checkCommand } from "./dataset-check.ts";
import { conversationsCommand } from "./dataset-conversations.ts";
import { downloadCommand } from "./dataset-download.ts";
import { importCommand } from "./dataset-import.ts";
import { pairCommand } from "./dataset-pair.ts";
import { statsCommand } from "./dataset-stats.ts";
import { synthCommand } from "./dataset-synth.ts";

/** `undertone dataset`: getting corpora and looking at them. */
export const datasetCommand = createGroup("dataset", summaries.dataset, [
  checkCommand,
  conversationsCommand,
  downloadCommand,
  importCommand,
  pairCommand,
  statsCommand,
  synthCommand,
]);
