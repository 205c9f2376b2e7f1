import { defineCommand } from "citty";

/** `undertone dataset`: getting corpora and looking at them. */
export const datasetCommand = defineCommand({
  meta: {
    name: "dataset",
    description: "Get a corpus of labeled speech, check it, and see what it holds",
  },
  subCommands: {
    check: async () => (await import("./dataset-check.ts")).checkCommand,
    download: async () => (await import("./dataset-download.ts")).downloadCommand,
    pair: async () => (await import("./dataset-pair.ts")).pairCommand,
    stats: async () => (await import("./dataset-stats.ts")).statsCommand,
    synth: async () => (await import("./dataset-synth.ts")).synthCommand,
  },
});
