import { UndertoneError } from "../shared/errors.ts";
import { cancellable } from "./cancel.ts";
import { createCommand, examples } from "./command.ts";

/** `undertone models verify`: whether models still hold what was published. */
export const verifyCommand = createCommand(
  "verify",
  "Check downloaded models against the published checksums",
)
  .argument("[names...]", "Names (default: all that are downloaded)")
  .addHelpText(
    "after",
    examples("undertone models verify", "undertone models verify moonshine-tiny"),
  )
  .action(async (given) => {
    const { modelsFolderOf } = await import("../downloads/model-files.ts");
    const { storedModels, verifyModel } = await import("../downloads/stored-models.ts");
    const { namedModels } = await import("./models-arguments.ts");
    const modelsFolder = modelsFolderOf(process.env);
    const here = (await storedModels(modelsFolder)).filter(({ state }) => state !== "absent");
    const names = given.length > 0 ? namedModels(given) : here.map(({ name }) => name);
    const bad: string[] = [];
    for (const name of names) {
      const { missing, damaged } = await cancellable((signal) =>
        verifyModel(modelsFolder, name, signal),
      );
      for (const path of missing) console.log(`${name}: ${path} is missing`);
      for (const path of damaged) console.log(`${name}: ${path} is damaged`);
      if (missing.length + damaged.length > 0) bad.push(name);
      else console.log(`${name}: matches`);
    }
    if (names.length === 0) console.log(`No models are downloaded into ${modelsFolder}.`);
    if (bad.length === 0) return;
    const remedy = `To replace them: undertone models pull ${bad.join(" ")}`;
    throw new UndertoneError(
      "checksum-mismatch",
      `Checksums do not match: ${bad.join(", ")}. ${remedy}`,
    );
  });
