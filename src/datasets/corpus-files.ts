import type { Dirent } from "node:fs";
import { readdir, realpath, stat } from "node:fs/promises";
import { join } from "node:path";
import { isAudioName } from "../audio/extensions.ts";
import { fileError } from "../shared/files.node.ts";

/**
 * All audio files below a folder, as sorted paths relative to it with `/` between folders, those
 * nearer to the root first. Links are followed; hidden files and macOS's resource forks are not.
 * @throws UndertoneError `file-not-found` or `file-unreadable`
 */
export function listAudioFiles(root: string): Promise<string[]> {
  return listFiles(root, { accept: isAudioName });
}

interface Listing {
  readonly accept: (path: string) => boolean;
  /** Folders within folders; all by default. */
  readonly maxDepth?: number;
}

/** The accepted files below a folder, as `listAudioFiles` lists them. @throws UndertoneError as `listAudioFiles` */
export async function listFiles(
  root: string,
  { accept, maxDepth = Infinity }: Listing,
): Promise<string[]> {
  const found: string[] = [];
  const visited = new Set<string>();
  const entriesOf = async (folder: string): Promise<Dirent[]> => {
    try {
      const identity = await realpath(folder);
      if (visited.has(identity)) return []; // a link back to a parent
      visited.add(identity);
      return await readdir(folder, { withFileTypes: true });
    } catch (error) {
      throw fileError(folder, error);
    }
  };
  const walk = async (folder: string): Promise<void> => {
    for (const entry of await entriesOf(join(root, folder))) {
      if (entry.name.startsWith(".") || entry.name === "__MACOSX") continue;
      const path = folder === "" ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory() || (entry.isSymbolicLink() && (await isFolder(join(root, path))))) {
        if (depth(path) <= maxDepth) await walk(path);
      } else if (accept(path)) {
        found.push(path);
      }
    }
  };
  await walk("");
  return found.toSorted((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
}

const depth = (path: string): number => path.split("/").length;

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false; // a dangling link: the check of the corpus reports it as missing
  }
}
