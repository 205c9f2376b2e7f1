import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";

/** Expected hash of a file, in lower-case hexadecimal. */
export interface Digest {
  readonly algorithm: "md5" | "sha256" | "sha512";
  readonly hex: string;
}

/** Resolves to whether a file has this hash. @throws UndertoneError `file-not-found`, `file-unreadable`, `cancelled` */
export async function matchesDigest(
  path: string,
  { algorithm, hex }: Digest,
  signal?: AbortSignal,
): Promise<boolean> {
  const hash = createHash(algorithm);
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 2 ** 20 })) {
      throwIfCancelled(signal);
      hash.update(chunk);
    }
  } catch (error) {
    throw error instanceof UndertoneError ? error : fileError(path, error);
  }
  return hash.digest("hex") === hex;
}
