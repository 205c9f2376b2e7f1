import { summaries } from "./command-list.ts";
import { createCommand, examples } from "./command.ts";

/** `undertone demo`: the main job from end to end on synthetic speech, with nothing to download. */
export const demoCommand = createCommand("demo", summaries.demo)
  .option("--out <folder>", "Folder for the results; an earlier demo there is replaced", "demo")
  .addHelpText("after", examples("undertone demo"))
  .action(async ({ out }) => {
    const { runDemo } = await import("./run-demo.ts");
    await runDemo(out);
  });
