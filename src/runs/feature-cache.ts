import { createHash } from "node:crypto";
import { access, constants, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { FeatureStore } from "../models/clip-inputs.ts";
import { fileError, writeFileAtomically } from "../shared/files.node.ts";
import { toFloat16 } from "../shared/float16.ts";
import { makeFolders } from "../shared/make-folders.node.ts";

/** Features on disk, keyed by the content of the audio file and all parameters that shaped them. */
export class FeatureCache {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws UndertoneError `file-unreadable` when nothing can be written there */
  static async open(folder: string): Promise<FeatureCache> {
    try {
      await makeFolders(folder);
      await access(folder, constants.W_OK);
    } catch (error) {
      throw fileError(folder, error);
    }
    return new FeatureCache(folder);
  }

  /** Returns the store of one clip's features. */
  storeOf(content: string, change: object = {}): FeatureStore {
    return {
      floats: (parameters, length, compute) =>
        this.floats({ content, parameters: { ...parameters, ...change }, length }, compute),
      rows: (parameters, rowLength, compute) =>
        this.#rows({ content, parameters: { ...parameters, ...change }, rowLength }, compute),
    };
  }

  /**
   * Returns the features of this content and these parameters, computed where they are not there yet.
   * A file of another length than `length` counts as not there: it was not written whole.
   */
  async floats(
    key: { readonly content: string; readonly parameters: unknown; readonly length: number },
    compute: () => Promise<Float32Array>,
  ): Promise<Float32Array> {
    const path = this.#pathOf(key, "f32");
    const stored = await readCopy(path);
    if (stored?.byteLength === 4 * key.length) return new Float32Array(stored);
    const features = await compute();
    await writeFileAtomically(path, bytesOf(features));
    return features;
  }

  /** The same for any number of rows, as float16. A file that does not end with a whole row, or has none, counts as not there. */
  async #rows(
    key: { readonly content: string; readonly parameters: unknown; readonly rowLength: number },
    compute: () => Promise<Float32Array>,
  ): Promise<Uint16Array> {
    const path = this.#pathOf(key, "f16");
    const stored = await readCopy(path);
    const isWhole = stored !== undefined && stored.byteLength % (2 * key.rowLength) === 0;
    if (isWhole && stored.byteLength > 0) return new Uint16Array(stored);
    const features = toFloat16(await compute());
    await writeFileAtomically(path, bytesOf(features));
    return features;
  }

  #pathOf(key: object, extension: string): string {
    const hash = createHash("sha256").update(JSON.stringify(key)).digest("hex");
    return join(this.#folder, hash.slice(0, 2), `${hash}.${extension}`);
  }
}

/** A file's bytes in a buffer of their own; `undefined` where it cannot be read. */
async function readCopy(path: string): Promise<ArrayBuffer | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes && Uint8Array.from(bytes).buffer;
}

function bytesOf({ buffer, byteOffset, byteLength }: Float32Array | Uint16Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}

/** SHA-256 of some bytes, in hexadecimal. */
export function contentHash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
