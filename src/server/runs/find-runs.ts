import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { fileError, systemCode } from "../../shared/files.node.ts";

/** Folders in the folder of runs, and folders in these. */
const deepest = 3;

/**
 * Resolves to the ids of the runs in a folder: the paths of their folders within it, with `/`. Links are not followed; none where
 * the folder does not exist yet.
 * @throws UndertoneError `file-unreadable`
 */
export async function findRuns(root: string, within = ""): Promise<string[]> {
  const entries = await readdir(join(root, within), { withFileTypes: true }).catch(
    (error: unknown) => {
      if (systemCode(error) === "ENOENT") return [];
      throw fileError(join(root, within), error);
    },
  );
  if (within !== "" && entries.some((entry) => entry.isFile() && entry.name === "run.json")) {
    return [within];
  }
  if (within.split("/").length >= deepest && within !== "") return [];
  const folders = entries.filter(
    (entry) => entry.isDirectory() && !/^(?:\.|node_modules$)/.test(entry.name),
  );
  const found = await Promise.all(
    folders.map(({ name }) => findRuns(root, within === "" ? name : `${within}/${name}`)),
  );
  return found.flat().toSorted();
}
