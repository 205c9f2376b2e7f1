import { createWriteStream } from "node:fs";
import { dirname, join } from "node:path";
import { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { crc32 } from "node:zlib";
import { type Entry, openPromise, type ZipFile } from "yauzl";
import { throwIfCancelled, UndertoneError } from "../../shared/errors.ts";
import { fileError, systemCode } from "../../shared/files.node.ts";
import type { ProgressListener } from "../../shared/logger.ts";
import { makeFolders } from "../../shared/make-folders.node.ts";

export interface UnzipOptions {
  /** Where an entry goes below the folder, by its path in the archive; `undefined` skips it. */
  readonly placeOf: (path: string) => string | undefined;
  readonly onProgress?: ProgressListener | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** More than any speech corpus of ours has; an archive that claims more is not one. */
const largestEntry = 100e6;
const largestTotal = 10e9;
const mostEntries = 1e6;

/**
 * Unpacks chosen entries of a ZIP archive, the first for each place. Sizes and CRCs must be what the
 * archive says; a path that leads outside and an archive of absurd size are refused.
 * @throws UndertoneError `dataset-invalid`, `file-not-found`, `file-unreadable`, `disk-full`, `cancelled`
 */
export async function unzip(archive: string, folder: string, options: UnzipOptions): Promise<void> {
  const zip = await openPromise(archive, { autoClose: false }).catch((error: unknown) => {
    throw archiveError(archive, error);
  });
  try {
    const entries = await chooseEntries(zip, archive, options);
    let done = 0;
    for (const [place, entry] of entries) {
      throwIfCancelled(options.signal);
      await extract(zip, entry, join(folder, place));
      const total = entries.size;
      options.onProgress?.({ label: "Unpacking", done: ++done, total, unit: "files" });
    }
  } catch (error) {
    throw archiveError(archive, error);
  } finally {
    zip.close();
  }
}

/** Entries by their place, those nearest to the archive's root first. */
async function chooseEntries(
  zip: ZipFile,
  archive: string,
  { placeOf }: UnzipOptions,
): Promise<Map<string, Entry>> {
  const entries: Entry[] = [];
  let total = 0;
  if (zip.entryCount > mostEntries) {
    const problem = `it claims ${zip.entryCount} entries. Nothing was unpacked.`;
    throw new UndertoneError("dataset-invalid", `${archive}: ${problem}`);
  }
  for await (const entry of zip.eachEntry()) {
    if (placeOf(entry.fileName) === undefined) continue;
    entries.push(entry);
    total += entry.uncompressedSize;
    if (entry.uncompressedSize > largestEntry || total > largestTotal) {
      const problem = `${entry.fileName} makes it absurdly large. Nothing was unpacked.`;
      throw new UndertoneError("dataset-invalid", `${archive}: ${problem}`);
    }
  }
  const chosen = new Map<string, Entry>();
  for (const entry of entries.toSorted((a, b) => depth(a) - depth(b))) {
    const place = placeOf(entry.fileName)!;
    if (!chosen.has(place)) chosen.set(place, entry);
  }
  return chosen;
}

const depth = ({ fileName }: Entry): number => fileName.split("/").length;

async function extract(zip: ZipFile, entry: Entry, path: string): Promise<void> {
  await makeFolders(dirname(path));
  let sum = 0;
  const summing = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      sum = crc32(chunk, sum);
      done(null, chunk);
    },
  });
  await pipeline(await zip.openReadStreamPromise(entry), summing, createWriteStream(path));
  if (sum !== entry.crc32) throw new Error(`${entry.fileName} has a wrong CRC`);
}

/** The library's own errors are plain ones and concern what the archive holds. */
function archiveError(archive: string, error: unknown): UndertoneError {
  if (error instanceof UndertoneError) return error;
  if (systemCode(error)?.startsWith("E") === true) return fileError(archive, error);
  const what = error instanceof Error ? error.message : String(error);
  return new UndertoneError(
    "dataset-invalid",
    `${archive}: not a sound ZIP archive (${what}). Delete it and run the command again.`,
    { cause: error },
  );
}
