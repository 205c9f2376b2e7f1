import { createReadStream } from "node:fs";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { unpackTar } from "modern-tar/fs";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { fileError, systemCode } from "../shared/files.node.ts";

/** More than any published package holds; what unpacks to more is not one. */
const largestUnpacked = 4e9;

/**
 * Takes plain files out of a `.tgz`: those whose names `places` has, each to its place below `folder`.
 * Everything else in it, links and paths that lead outside among them, is passed over.
 * @throws UndertoneError `checksum-mismatch` when it is no sound archive or has not all of them, `disk-full`, `cancelled`
 */
export async function extractFiles(
  tarball: string,
  folder: string,
  { places, signal }: { places: ReadonlyMap<string, string>; signal?: AbortSignal | undefined },
): Promise<void> {
  const lacking = new Set(places.keys());
  try {
    await pipeline(
      createReadStream(tarball),
      createGunzip(),
      limited,
      unpackTar(folder, {
        strict: true,
        filter: ({ name, type }) => type === "file" && lacking.delete(name),
        map: (header) => ({ ...header, name: places.get(header.name)! }),
        fmode: 0o644,
      }),
      { signal },
    );
  } catch (error) {
    throwIfCancelled(signal);
    if (error instanceof UndertoneError) throw error;
    if (systemCode(error)?.startsWith("E") === true) throw fileError(tarball, error);
    throw new UndertoneError("checksum-mismatch", `${tarball}: not a sound archive.`, {
      cause: error,
    });
  }
  if (lacking.size === 0) return;
  throw new UndertoneError("checksum-mismatch", `${tarball}: has no ${[...lacking].join(", ")}.`);
}

async function* limited(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of chunks) {
    total += chunk.length;
    if (total > largestUnpacked) throw new Error("unpacks to more than any package holds");
    yield chunk;
  }
}
