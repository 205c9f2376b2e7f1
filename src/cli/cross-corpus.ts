import { summaries } from "./command-list.ts";
import { createCommand, examples } from "./command.ts";
import { jsonOption, repeatable, threadsOption } from "./options.ts";

/** `undertone cross-corpus`: models in the world, by what voices are held against. */
export const crossCorpusCommand = createCommand("cross-corpus", summaries["cross-corpus"])
  .argument(
    "<systems...>",
    "Audio models, by name or file, and run folders of the protocol leave-one-corpus-out",
  )
  .option("--data <path>", "Corpus for the models: its folder, or a table (repeatable)", repeatable)
  .option(
    "--ordinary-speech <path>",
    "Folder or table of speech without labels, which counts as neutral (repeatable)",
    repeatable,
  )
  .option(
    "--text-model <file>",
    "Score voice and words together too, where there are transcripts, by this text model",
  )
  .option("--out <file>", "Write the page in Markdown")
  .addOption(jsonOption)
  .addOption(threadsOption)
  .addHelpText(
    "after",
    examples(
      "undertone cross-corpus default open --data data/emodb",
      "undertone cross-corpus runs/x --ordinary-speech talks/",
    ),
  )
  .action(async (systems, options) => {
    const { runCrossCorpus } = await import("./run-cross-corpus.ts");
    await runCrossCorpus(systems, options);
  });

export type CrossCorpusOptions = ReturnType<typeof crossCorpusCommand.opts>;
