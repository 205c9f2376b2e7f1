import { defineCommand } from "citty";
import { modelsFolderOf } from "../downloads/model-files.ts";
import { removeModel, storedModels } from "../downloads/stored-models.ts";
import { namedModels } from "./models-arguments.ts";

/** `undertone models remove`: models off this machine. */
export const removeCommand = defineCommand({
  meta: {
    name: "remove",
    description: "Delete models from this machine; they can be pulled again",
    examples: ["undertone models remove whisper-small"],
    variadic: true,
  },
  args: { name: { type: "positional", required: true, description: "Names" } },
  run: async ({ args }) => {
    const names = namedModels(args._);
    const modelsFolder = modelsFolderOf(process.env);
    for (const { name, state, folder } of await storedModels(modelsFolder)) {
      if (!names.includes(name)) continue;
      await removeModel(modelsFolder, name);
      console.log(
        state === "absent" ? `${name} was not here` : `${name} is no longer in ${folder}`,
      );
    }
  },
});
