import { readFile, rename, rm, stat } from "node:fs/promises";
import { dirname, join } from "node:path";
import { z } from "zod";
import {
  fileError,
  makeFolder,
  removeLeftovers,
  writeFileAtomically,
} from "../shared/files.node.ts";
import { matchesDigest } from "./digest.ts";
import type { PinnedFile } from "../shared/published-files.ts";

/** SHA-256 of each file by its path, once all of them have been verified. */
const noteSchema = z.record(z.string(), z.string());

/** The files of one model on disk. */
export class ModelFolder {
  readonly path: string;
  readonly #files: readonly PinnedFile[];
  readonly #note: string;

  constructor(path: string, files: readonly PinnedFile[]) {
    this.path = path;
    this.#files = files;
    this.#note = join(path, "verified.json");
  }

  /** Whether all files exist and have been verified. */
  async isComplete(): Promise<boolean> {
    try {
      const note = noteSchema.parse(JSON.parse(await readFile(this.#note, "utf8")));
      if (this.#files.some(({ path, sha256 }) => note[path] !== sha256)) return false;
    } catch {
      return false;
    }
    const sizes = await Promise.all(this.#files.map(({ path }) => sizeOf(join(this.path, path))));
    return this.#files.every(({ size }, n) => sizes[n] === size);
  }

  /**
   * Verifies the checksums of all files and records the result. Resolves to the missing files and to those with other
   * content.
   * @throws UndertoneError `file-unreadable`, `cancelled`
   */
  async verify(signal?: AbortSignal): Promise<{ missing: PinnedFile[]; damaged: PinnedFile[] }> {
    const missing: PinnedFile[] = [];
    const damaged: PinnedFile[] = [];
    for (const file of this.#files) {
      const path = join(this.path, file.path);
      const size = await sizeOf(path);
      if (size === undefined) missing.push(file);
      else if (!(await isPinned(path, file, signal))) damaged.push(file);
    }
    if (missing.length + damaged.length > 0) await rm(this.#note, { force: true });
    else if (!(await this.isComplete())) {
      const note = Object.fromEntries(this.#files.map(({ path, sha256 }) => [path, sha256]));
      await writeFileAtomically(this.#note, `${JSON.stringify(note, null, 2)}\n`);
      await removeLeftovers(this.path);
    }
    return { missing, damaged };
  }

  /** Moves a file into the folder if its checksum matches, and deletes it otherwise. Resolves to whether it matched. */
  async admit(file: PinnedFile, from: string, signal?: AbortSignal): Promise<boolean> {
    if (!(await isPinned(from, file, signal))) {
      await rm(from, { force: true });
      return false;
    }
    const place = join(this.path, file.path);
    await makeFolder(dirname(place));
    await rename(from, place).catch((error: unknown) => {
      throw fileError(place, error);
    });
    return true;
  }
}

/** Resolves to the size of a file in bytes, or `undefined` if it is missing. */
export async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(() => undefined))?.size;
}

async function isPinned(
  path: string,
  { size, sha256 }: PinnedFile,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const digest = { algorithm: "sha256", hex: sha256 } as const;
  return (await sizeOf(path)) === size && matchesDigest(path, digest, signal);
}
