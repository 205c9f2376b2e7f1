import { importers } from "./registry.ts";

/** Returns the known corpora whose names more than half of the files have, whatever the folder or table is called. */
export function corporaByNames(paths: readonly string[]): string[] {
  return Object.entries(importers).flatMap(([corpus, importer]) => {
    const own = paths.filter((path) =>
      "readName" in importer ? importer.readName(path) : importer.idOf(path) !== undefined,
    );
    return own.length > paths.length / 2 ? corpus : [];
  });
}
