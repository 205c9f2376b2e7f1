import { createCommand, examples } from "./command.ts";

/** `undertone models remove`: models off this machine. */
export const removeCommand = createCommand("remove", "Delete models from this machine")
  .argument("<names...>", "Names, as in: undertone models list")
  .addHelpText("after", examples("undertone models remove whisper-small"))
  .action(async (given) => {
    const { modelsFolderOf } = await import("../downloads/model-files.ts");
    const { removeModel, storedModels } = await import("../downloads/stored-models.ts");
    const { namedModels } = await import("./models-arguments.ts");
    const names = namedModels(given);
    const modelsFolder = modelsFolderOf(process.env);
    for (const { name, state, folder } of await storedModels(modelsFolder)) {
      if (!names.includes(name)) continue;
      await removeModel(modelsFolder, name);
      console.log(state === "absent" ? `${name} was not downloaded` : `Deleted ${folder}`);
    }
  });
