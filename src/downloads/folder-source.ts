import { constants, copyFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileError, makeFolder, systemCode } from "../shared/files.node.ts";
import type { Source } from "./source.ts";

/** Returns the files below a folder in the layout of the model store; some may be missing. */
export function folderSource(root: string): Source {
  return {
    name: root,
    fetch: async (files, folder) => {
      for (const { path } of files) {
        const place = join(folder, path);
        await makeFolder(dirname(place));
        try {
          await copyFile(join(root, path), place, constants.COPYFILE_FICLONE);
        } catch (error) {
          if (systemCode(error) !== "ENOENT") throw fileError(join(root, path), error);
        }
      }
    },
  };
}
