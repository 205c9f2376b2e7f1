import { createCommand, examples } from "./command.ts";
import { jsonOption } from "./options.ts";
import { printJson } from "./output.ts";
import { formatTable } from "./table.ts";
import { typeable } from "./typeable.ts";

const shownStates = { here: "yes", part: "in part", absent: "no" } as const;

/** `undertone models list`: what there is, and what is on this machine. */
export const listCommand = createCommand(
  "list",
  "List the pretrained models: purpose, size, license, and which are on this machine",
)
  .addOption(jsonOption)
  .addHelpText("after", examples("undertone models list", "undertone models list --json"))
  .action(async ({ json }) => {
    const { modelsFolderOf } = await import("../downloads/model-files.ts");
    const { storedModels } = await import("../downloads/stored-models.ts");
    const modelsFolder = modelsFolderOf(process.env);
    const models = await storedModels(modelsFolder);
    if (json) {
      printJson({
        modelsFolder,
        models: models.map(({ name, entry, folder, sizeBytes, state }) => ({
          name,
          purpose: entry.purpose,
          publisher: entry.publisher,
          license: entry.license,
          sizeBytes,
          state,
          folder,
          files: Object.values(entry.files),
          sources: entry.sources.map((source) => source.name),
        })),
      });
      return;
    }
    const rows = models.map(({ name, entry, sizeBytes, state }) => [
      name,
      entry.purpose,
      (sizeBytes / 1e6).toFixed(1),
      entry.license,
      shownStates[state],
    ]);
    console.log(formatTable(["model", "purpose", "MB", "license", "downloaded"], rows));
    console.log(`\nFolder: ${modelsFolder}`);
    console.log(typeable("To download one: undertone models pull NAME"));
  });
