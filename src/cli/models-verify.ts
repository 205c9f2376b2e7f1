import { defineCommand } from "citty";
import { modelsFolderOf } from "../downloads/model-files.ts";
import { storedModels, verifyModel } from "../downloads/stored-models.ts";
import { UndertoneError } from "../shared/errors.ts";
import { signalOf } from "./cancel.ts";
import { namedModels } from "./models-arguments.ts";

/** `undertone models verify`: whether models still hold what was published. */
export const verifyCommand = defineCommand({
  meta: {
    name: "verify",
    description: "Compare models on this machine with what was published, byte for byte",
    examples: ["undertone models verify", "undertone models verify moonshine-tiny"],
    variadic: true,
  },
  args: {
    name: {
      type: "positional",
      required: false,
      description: "Names; by default all that are here",
    },
  },
  run: async ({ args, data }) => {
    const modelsFolder = modelsFolderOf(process.env);
    const here = (await storedModels(modelsFolder)).filter(({ state }) => state !== "absent");
    const names = args._.length > 0 ? namedModels(args._) : here.map(({ name }) => name);
    const bad: string[] = [];
    for (const name of names) {
      const { missing, damaged } = await verifyModel(modelsFolder, name, signalOf({ data }));
      for (const path of missing) console.log(`${name}: ${path} is missing`);
      for (const path of damaged) console.log(`${name}: ${path} is damaged`);
      if (missing.length + damaged.length > 0) bad.push(name);
      else console.log(`${name}: as published`);
    }
    if (names.length === 0) console.log(`There are no models in ${modelsFolder}.`);
    if (bad.length === 0) return;
    const remedy = `To mend: undertone models pull ${bad.join(" ")}`;
    throw new UndertoneError("checksum-mismatch", `Not as published: ${bad.join(", ")}. ${remedy}`);
  },
});
