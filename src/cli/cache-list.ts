import { createCommand, examples } from "./command.ts";
import { jsonOption } from "./options.ts";
import { printJson } from "./output.ts";
import { formatTable } from "./table.ts";

/** `undertone cache list`: how much of each kind there is. */
export const listCommand = createCommand("list", "Show how much is cached, and where")
  .addOption(jsonOption)
  .addHelpText("after", examples("undertone cache list"))
  .action(async ({ json }) => {
    const { cacheSizes } = await import("../downloads/cache-contents.ts");
    const { cacheFolder } = await import("../shared/cache-folder.node.ts");
    const folder = cacheFolder(process.env);
    const kinds = await cacheSizes(folder);
    if (json) {
      printJson({ folder, kinds });
      return;
    }
    const rows = kinds.map(({ kind, files, sizeBytes }) => [
      kind,
      String(files),
      (sizeBytes / 1e6).toFixed(1),
    ]);
    console.log(formatTable(["kind", "files", "MB"], rows));
    console.log(`\nFolder: ${folder}`);
  });
