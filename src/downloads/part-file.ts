import { type FileHandle, open, readFile, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { UndertoneError } from "../shared/errors.ts";
import { fileError, writeFileAtomically } from "../shared/files.node.ts";
import type { Digest } from "./digest.ts";

const noteSchema = z.object({
  url: z.string(),
  /** What the server calls this version of the file: its `ETag` or date. */
  validator: z.string().optional(),
  /** The digest that the whole file was to have. */
  digest: z.string().optional(),
});

type Note = z.infer<typeof noteSchema>;

/** A begun download: `path.part`, and beside it `path.part.json`, which says what it is a part of. */
export class PartFile {
  readonly path: string;
  readonly #note: string;

  constructor(path: string) {
    this.path = `${path}.part`;
    this.#note = `${path}.part.json`;
  }

  /**
   * Bytes that are here of the file at `url`, and the validator to ask for the rest with. Where the server
   * gave none, the same expected digest vouches for the part instead.
   */
  async begun(
    url: string,
    digest: Digest | undefined,
  ): Promise<{ size: number; validator: string | undefined } | undefined> {
    try {
      const { size } = await stat(this.path);
      const note = noteSchema.parse(JSON.parse(await readFile(this.#note, "utf8")));
      const isVouched =
        note.validator !== undefined || (digest !== undefined && note.digest === digest.hex);
      if (size > 0 && note.url === url && isVouched) return { size, validator: note.validator };
    } catch {
      // No part, or one of unknown origin: the download begins anew.
    }
    return undefined;
  }

  /** Opens the file to append at `start`; at 0 it is emptied first, and noted what it will be. */
  async open(start: number, note: Note): Promise<FileHandle> {
    const file = await open(this.path, start === 0 ? "w" : "a").catch((error: unknown) => {
      throw fileError(this.path, error);
    });
    if (start > 0) return file;
    // Follows the emptying, so that a note never stands beside another file's bytes.
    if (note.validator === undefined && note.digest === undefined) {
      await rm(this.#note, { force: true });
    } else {
      await writeFileAtomically(this.#note, JSON.stringify(note));
    }
    return file;
  }

  /** @throws UndertoneError `disk-full` when the disk has no room for so many bytes more */
  async assertSpace(bytes: number): Promise<void> {
    const { bavail, bsize } = await statfs(dirname(this.path));
    if (bytes <= bavail * bsize) return;
    throw new UndertoneError(
      "disk-full",
      `${this.path}: needs ${(bytes / 1e6).toFixed(0)} MB more than the part that is here, and the disk ` +
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
