import { createHash } from "node:crypto";
import { access, constants, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileError, writeFileAtomically } from "../shared/files.node.ts";

/** Features on disk, keyed by the content of the audio file and all parameters that shaped them. */
export class FeatureCache {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws UndertoneError `file-unreadable` when nothing can be written there */
  static async open(folder: string): Promise<FeatureCache> {
    try {
      await mkdir(folder, { recursive: true });
      await access(folder, constants.W_OK);
    } catch (error) {
      throw fileError(folder, error);
    }
    return new FeatureCache(folder);
  }

  /**
   * The features for this content and these parameters, computed where they are not there yet.
   * A file of another length than `length` counts as not there: it was not written whole.
   */
  async get(
    key: { readonly content: string; readonly parameters: unknown; readonly length: number },
    compute: () => Promise<Float32Array>,
  ): Promise<Float32Array> {
    const hash = createHash("sha256").update(JSON.stringify(key)).digest("hex");
    const path = join(this.#folder, hash.slice(0, 2), `${hash}.f32`);
    const stored = await readFile(path).catch(() => undefined);
    if (stored?.length === 4 * key.length) {
      return new Float32Array(
        stored.buffer.slice(stored.byteOffset, stored.byteOffset + stored.length),
      );
    }
    const features = await compute();
    await writeFileAtomically(
      path,
      new Uint8Array(features.buffer, features.byteOffset, features.byteLength),
    );
    return features;
  }
}

/** SHA-256 of some bytes, in hexadecimal. */
export function contentHash(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
