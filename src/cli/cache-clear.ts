import { Argument, InvalidArgumentError } from "@commander-js/extra-typings";
import { cacheKinds } from "../downloads/cache-kinds.ts";
import { createCommand, examples } from "./command.ts";
import { jsonOption } from "./options.ts";
import { counted, printJson } from "./output.ts";

const unitsMs: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };

/** Reads an age such as `30d` as milliseconds. */
function readAge(text: string): number {
  const [, count, unit] = /^(\d+)([hdw])$/.exec(text) ?? [];
  const age = Number(count) * (unitsMs[unit!] ?? Number.NaN);
  if (Number.isSafeInteger(age)) return age;
  throw new InvalidArgumentError("Give hours, days or weeks, such as 12h, 30d or 8w.");
}

/** `undertone cache clear`: off this machine what can be downloaded or computed again. */
export const clearCommand = createCommand(
  "clear",
  "Delete what is cached, without asking; it is downloaded or computed again when it is needed",
)
  .addArgument(new Argument("[kinds...]", "Kinds (default: all)").choices(cacheKinds))
  .option("--older-than <age>", "Delete only what was written before, such as 30d", readAge)
  .addOption(jsonOption)
  .addHelpText(
    "after",
    examples("undertone cache clear transcripts", "undertone cache clear --older-than 30d"),
  )
  .action(async (given, { olderThan, json }) => {
    const { clearCache } = await import("../downloads/cache-contents.ts");
    const { cacheFolder } = await import("../shared/cache-folder.node.ts");
    const folder = cacheFolder(process.env);
    const cleared = await clearCache(folder, {
      kinds: cacheKinds.filter((kind) => given.length === 0 || given.includes(kind)),
      writtenBefore: olderThan === undefined ? Infinity : Date.now() - olderThan,
    });
    if (json) {
      printJson({ folder, cleared });
      return;
    }
    for (const { kind, files, sizeBytes, left } of cleared) {
      console.log(`${kind}: deleted ${counted(files, "file")}, ${(sizeBytes / 1e6).toFixed(1)} MB`);
      for (const reason of left) console.log(`  left: ${reason}`);
    }
  });
