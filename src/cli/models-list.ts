import { defineCommand } from "citty";
import { modelsFolderOf } from "../downloads/model-files.ts";
import { storedModels } from "../downloads/stored-models.ts";
import { printJson } from "./output.ts";
import { formatTable } from "./table.ts";

const said = { here: "yes", part: "in part", absent: "no" } as const;

/** `undertone models list`: what there is, and what is on this machine. */
export const listCommand = defineCommand({
  meta: {
    name: "list",
    description: "List the models: what for, size, license, and whether they are here",
    examples: ["undertone models list", "undertone models list --json"],
  },
  args: { json: { type: "boolean", description: "Print one JSON document" } },
  run: async ({ args }) => {
    const modelsFolder = modelsFolderOf(process.env);
    const models = await storedModels(modelsFolder);
    if (args.json) {
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
      said[state],
    ]);
    console.log(formatTable(["model", "what for", "MB", "license", "here"], rows));
    console.log(`\nThey are kept in ${modelsFolder}. To get one: undertone models pull NAME`);
  },
});
