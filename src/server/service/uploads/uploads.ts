import { randomUUID } from "node:crypto";
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { privateMode } from "../../../shared/files.node.ts";
import { Refusal } from "../../refusal.ts";
import type { Limits } from "../limits.ts";
import { makeFolders } from "../../../shared/make-folders.node.ts";

/** A folder for the files of one request. */
export interface Upload {
  readonly folder: string;
  /** Deletes what is still there, and frees its place. */
  readonly end: () => Promise<void>;
}

/** Bounds how much of bodies is on disk at once. */
export class Uploads {
  readonly #folder: string;
  readonly #limits: Pick<Limits, "maxUploadBytes" | "maxDiskBytes">;
  /** Bytes that are kept elsewhere in the server's folder. */
  readonly #keptBytes: () => number;
  #reservedBytes = 0;

  constructor(
    folder: string,
    limits: Pick<Limits, "maxUploadBytes" | "maxDiskBytes">,
    keptBytes: () => number = () => 0,
  ) {
    this.#folder = folder;
    this.#limits = limits;
    this.#keptBytes = keptBytes;
  }

  /** Deletes what a server that was killed left. */
  async clear(): Promise<void> {
    await rm(this.#folder, { recursive: true, force: true });
    await makeFolders(this.#folder, privateMode.folder);
  }

  /**
   * Makes a folder for a body of a length; one that is not told counts as the largest.
   * @throws Refusal `overloaded` where the disk has no room for it now, `body-too-large`
   */
  async begin(lengthBytes: number | undefined): Promise<Upload> {
    const { maxUploadBytes, maxDiskBytes } = this.#limits;
    const bytes = lengthBytes ?? maxUploadBytes;
    if (bytes > maxUploadBytes) {
      throw new Refusal("body-too-large", `The body is larger than ${maxUploadBytes} bytes.`);
    }
    if (this.#reservedBytes + this.#keptBytes() + bytes > maxDiskBytes) {
      const message = "The server keeps as many recordings as it may; try again later.";
      throw new Refusal("overloaded", message, { retryAfterSec: 30 });
    }
    this.#reservedBytes += bytes;
    const folder = join(this.#folder, randomUUID());
    await mkdir(folder, { mode: privateMode.folder });
    return {
      folder,
      end: async () => {
        this.#reservedBytes -= bytes;
        await rm(folder, { recursive: true, force: true });
      },
    };
  }
}
