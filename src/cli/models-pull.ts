import { cancellable } from "./cancel.ts";
import { createCommand, examples } from "./command.ts";
import { offlineOption } from "./options.ts";
import { createProgress } from "./progress.ts";

/** `undertone models pull`: models onto this machine. */
export const pullCommand = createCommand(
  "pull",
  "Download models, or what is missing of them, and verify them",
)
  .argument("<names...>", "Names, as in: undertone models list")
  .option("--from <folder>", "Look first in this folder, which has a folder for each model")
  .addOption(offlineOption)
  .addHelpText(
    "after",
    examples(
      "undertone models pull moonshine-base silero-vad",
      "undertone models pull whisper-tiny --from /media/stick --offline",
    ),
  )
  .action(async (names, { from: localFolder, offline }) => {
    const { modelFiles } = await import("../downloads/model-files.ts");
    const { namedModels } = await import("./models-arguments.ts");
    const onProgress = createProgress(process.stderr);
    for (const name of namedModels(names)) {
      const { folder } = await cancellable(
        (signal) => modelFiles(name, { offline, localFolder, onProgress, signal }),
        () => "The same command resumes the download.",
      );
      console.log(`${name} is in ${folder}`);
    }
  });
