import { mkdir, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";

const mostTries = 3;

/**
 * Creates a folder and those above it, unless they exist. Node's own way of it never ends where the folder above exists
 * and yet nothing can be made in it, as in `/proc`.
 * @param mode of new folders, less what the process's mask takes away
 * @throws Error the system's own
 */
export async function makeFolders(path: string, mode = 0o777): Promise<void> {
  const folder = resolve(path);
  const above = dirname(folder);
  for (let tries = 1; ; tries++) {
    try {
      await mkdir(folder, { mode });
      return;
    } catch (error) {
      if (await isFolder(folder)) return;
      const isMissing = error instanceof Error && "code" in error && error.code === "ENOENT";
      if (!isMissing || tries === mostTries) throw error;
      // Another process may have made it in between.
      if (!(await isFolder(above))) await makeFolders(above, mode);
    }
  }
}

async function isFolder(path: string): Promise<boolean> {
  const found = await stat(path).catch(() => undefined);
  return found?.isDirectory() ?? false;
}
