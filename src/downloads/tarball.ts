import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { unpackTar } from "modern-tar/fs";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { fileError, systemCode } from "../shared/files.node.ts";

/** Larger than any published package: an archive with more is hostile. */
const maxUnpackedBytes = 4e9;

/**
 * Extracts the regular files of a `.tgz` whose names are keys of `places`, each to its path below `folder`. All others are
 * skipped, as are links and paths that lead outside.
 * @throws UndertoneError `checksum-mismatch` when it is no valid archive or lacks some of them, `disk-full`, `cancelled`
 */
export async function extractFiles(
  tarball: string,
  folder: string,
  { places, signal }: { places: ReadonlyMap<string, string>; signal?: AbortSignal | undefined },
): Promise<void> {
  const missing = new Set(places.keys());
  try {
    await pipeline(
      createReadStream(tarball),
      createGunzip(),
      limited,
      unpackTar(folder, {
        strict: true,
        filter: ({ name, type }) => type === "file" && missing.delete(name),
        map: (header) => ({ ...header, name: places.get(header.name)! }),
        fmode: 0o644,
      }),
      { signal },
    );
  } catch (error) {
    throwIfCancelled(signal);
    if (error instanceof UndertoneError) throw error;
    if (systemCode(error)?.startsWith("E") === true) throw fileError(tarball, error);
    throw new UndertoneError("checksum-mismatch", `${tarball}: not a valid archive.`, {
      cause: error,
    });
  }
  if (missing.size === 0) return;
  throw new UndertoneError("checksum-mismatch", `${tarball}: has no ${[...missing].join(", ")}.`);
}

async function* limited(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > maxUnpackedBytes) throw new Error("unpacks to more than the limit");
    yield chunk;
  }
}
