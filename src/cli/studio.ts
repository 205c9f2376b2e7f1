import { summaries } from "./command-list.ts";
import { createCommand, examples } from "./command.ts";
import { repeatable, wholeNumber } from "./options.ts";

/** `undertone studio`: the page on this machine, with its runs and corpora. */
export const studioCommand = createCommand("studio", summaries.studio)
  .option("--runs <folder>", "Folder of the runs", "runs")
  .option(
    "--data <path>",
    "Corpus to show beside those of the runs that lie in this folder: its folder, or a table of clips (repeatable)",
    repeatable,
  )
  .option("--port <number>", "Port; 0 takes a free one", wholeNumber(0), 8140)
  .option("--host <address>", "Address to listen at", "127.0.0.1")
  .option("--no-open", "Print the address without opening a browser")
  .addHelpText("after", examples("undertone studio", "undertone studio --data data/ravdess"))
  .action(async (options) => {
    const { runStudio } = await import("./run-studio.ts");
    await runStudio(options);
  });

export type StudioCommandOptions = ReturnType<typeof studioCommand.opts>;
