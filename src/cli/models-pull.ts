import { defineCommand } from "citty";
import { modelFiles } from "../downloads/model-files.ts";
import { signalOf } from "./cancel.ts";
import { namedModels } from "./models-arguments.ts";
import { createProgress } from "./progress.ts";

/** `undertone models pull`: models onto this machine. */
export const pullCommand = defineCommand({
  meta: {
    name: "pull",
    description: "Download models, or what is missing of them, and verify them",
    examples: [
      "undertone models pull moonshine-base silero-vad",
      "undertone models pull whisper-tiny --from /media/stick/models --offline",
    ],
    variadic: true,
  },
  args: {
    name: {
      type: "positional",
      required: true,
      description: "Names, as undertone models list has",
    },
    from: {
      type: "string",
      valueHint: "folder",
      description: "Look first in this folder, which has a folder for each model",
    },
    offline: {
      type: "boolean",
      description: "Download nothing: take only what is on this machine",
    },
  },
  run: async ({ args, data }) => {
    const onProgress = createProgress(process.stderr);
    for (const name of namedModels(args._)) {
      const { folder } = await modelFiles(name, {
        offline: args.offline || undefined,
        localFolder: args.from,
        onProgress,
        signal: signalOf({ data }),
      });
      console.log(`${name} is in ${folder}`);
    }
  },
});
