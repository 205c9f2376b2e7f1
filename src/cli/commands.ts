import { defineCommand } from "citty";
import { createRequire } from "node:module";

declare module "citty" {
  interface CommandMeta {
    /** Lines that a person can type, shown at the end of `--help`. */
    readonly examples?: readonly string[];
    /** The last positional argument may be given many times; read them all from `args._`. */
    readonly variadic?: boolean;
  }
}

const { version }: { readonly version: string } = createRequire(import.meta.url)(
  "../../package.json",
);

/** The whole command line. A command's file is loaded when it is called. */
export const undertone = defineCommand({
  meta: {
    name: "undertone",
    version,
    description: "Emotion in speech: train, evaluate and use models on your own machine",
    examples: [
      "undertone demo",
      "undertone analyze interview.mp3",
      "undertone train recipes/audio-cnn.json --data data/ravdess",
    ],
  },
  subCommands: {
    analyze: async () => (await import("./analyze.ts")).analyzeCommand,
    compare: async () => (await import("./compare.ts")).compareCommand,
    dataset: async () => (await import("./dataset.ts")).datasetCommand,
    demo: async () => (await import("./demo.ts")).demoCommand,
    evaluate: async () => (await import("./evaluate.ts")).evaluateCommand,
    models: async () => (await import("./models.ts")).modelsCommand,
    results: async () => (await import("./results.ts")).resultsCommand,
    test: async () => (await import("./test.ts")).testCommand,
    train: async () => (await import("./train.ts")).trainCommand,
    transcribe: async () => (await import("./transcribe.ts")).transcribeCommand,
  },
});
