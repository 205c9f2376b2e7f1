import { type FileHandle, open, readFile, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { UndertoneError } from "../shared/errors.ts";
import { fileError, writeFileAtomically } from "../shared/files.node.ts";
import type { Digest } from "./digest.ts";

const noteSchema = z.object({
  url: z.string(),
  /** The server's validator of this version of the file: its `ETag` or date. */
  validator: z.string().optional(),
  /** Expected digest of the whole file. */
  digest: z.string().optional(),
});

type Note = z.infer<typeof noteSchema>;

/** An interrupted download `path.part`, and its origin in `path.part.json`. */
export class PartFile {
  readonly path: string;
  readonly #note: string;

  constructor(path: string) {
    this.path = `${path}.part`;
    this.#note = `${path}.part.json`;
  }

  /**
   * Resolves to the size of the part of the file at `url`, and the validator for requesting the rest. Without a validator,
   * the expected digest must be the same.
   */
  async begun(
    url: string,
    digest: Digest | undefined,
  ): Promise<{ size: number; validator: string | undefined } | undefined> {
    try {
      const { size } = await stat(this.path);
      const note = noteSchema.parse(JSON.parse(await readFile(this.#note, "utf8")));
      const isSameFile =
        note.validator !== undefined || (digest !== undefined && note.digest === digest.hex);
      if (size > 0 && note.url === url && isSameFile) return { size, validator: note.validator };
    } catch {
      // No part, or one of unknown origin: the download restarts.
    }
    return undefined;
  }

  /** Opens the file to append at `start`; at 0 it is truncated first, and its origin recorded. */
  async open(start: number, note: Note): Promise<FileHandle> {
    const file = await open(this.path, start === 0 ? "w" : "a").catch((error: unknown) => {
      throw fileError(this.path, error);
    });
    if (start > 0) return file;
    // After the truncation, so that the note never belongs to other content.
    if (note.validator === undefined && note.digest === undefined) {
      await rm(this.#note, { force: true });
    } else {
      await writeFileAtomically(this.#note, JSON.stringify(note));
    }
    return file;
  }

  /** @throws UndertoneError `disk-full` when the disk has less free space */
  async assertSpace(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(dirname(this.path));
    if (bytes <= bavail * bsize) return;
    throw new UndertoneError(
      "disk-full",
      `${this.path}: needs ${(bytes / 1e6).toFixed(0)} MB more, and the disk ` +
        `has ${((bavail * bsize) / 1e6).toFixed(0)} MB. Free some space, or choose another folder.`,
    );
  }

  async finish(path: string): Promise<void> {
    await rename(this.path, path).catch((error: unknown) => {
      throw fileError(path, error);
    });
    await rm(this.#note, { force: true });
  }

  async discard(): Promise<void> {
    await rm(this.path, { force: true });
    await rm(this.#note, { force: true });
  }
}
