import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, open, readFile, rename, rm, stat, statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod";
import { throwIfCancelled, UndertoneError } from "../../shared/errors.ts";
import { fileError, writeFileAtomically } from "../../shared/files.node.ts";
import type { Progress, ProgressListener } from "../../shared/logger.ts";
import { get, type HttpOptions, type Remote, TransientError, withRetries } from "./http.ts";

export interface DownloadFileOptions extends HttpOptions {
  /** MD5 of the whole file in hexadecimal, where the source publishes one. */
  readonly md5?: string | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/** What the begun `.part` file is a part of. */
const partSchema = z.object({ url: z.string(), validator: z.string() });

const megabyte = 1e6;

/**
 * Downloads to `path` by way of `path.part`, which a later call continues when the server still has
 * the same file (by its `ETag` or date) and knows ranges, and begins anew otherwise.
 * @throws UndertoneError `network-failed`, `credentials-missing`, `checksum-mismatch`, `disk-full`,
 * `cancelled`; the part stays, except after a wrong checksum
 */
export async function downloadFile(
  remote: Remote,
  path: string,
  options: DownloadFileOptions = {},
): Promise<void> {
  const part = `${path}.part`;
  const serverMd5 = await withRetries(
    (progressed) => receive(remote, part, { ...options, progressed }),
    options,
  );
  const expected = options.md5 ?? serverMd5;
  if (expected !== undefined && (await md5Of(part, options.signal)) !== expected) {
    await rm(part, { force: true });
    await rm(`${part}.json`, { force: true });
    throw new UndertoneError(
      "checksum-mismatch",
      `${path}: what arrived is damaged (its MD5 is not ${expected}). Run the command again.`,
    );
  }
  await rename(part, path);
  await rm(`${part}.json`, { force: true });
}

interface Receiving extends DownloadFileOptions {
  readonly progressed: () => void;
}

/** One connection's worth of the file. Returns the MD5 that a storage server may have sent along. */
async function receive(
  remote: Remote,
  part: string,
  options: Receiving,
): Promise<string | undefined> {
  const begun = await readPart(part, remote.url);
  const connection = watchConnection(options);
  try {
    const response = await get(
      remote,
      {
        "accept-encoding": "identity",
        ...(begun && { range: `bytes=${begun.size}-`, "if-range": begun.validator }),
      },
      connection.signal,
    );
    const { start, total } = rangeOf(response);
    const isRest = response.status === 206 && start === begun?.size;
    if (response.status === 200 || isRest) {
      await store(remote, part, { ...options, response, connection, start, total });
    } else {
      await response.body?.cancel();
      if (begun === undefined || total !== begun.size) {
        await rm(part, { force: true });
        throw new TransientError("The server cannot go on from the part that is here");
      }
    }
    return storageMd5(response);
  } finally {
    connection.end();
  }
}

interface Connection {
  readonly signal: AbortSignal;
  readonly alive: () => void;
  readonly end: () => void;
}

/** Aborts when the person does, or when nothing arrives for `stallMs`. */
function watchConnection({ signal, stallMs = 60_000 }: HttpOptions): Connection {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(), stallMs);
  return {
    signal: signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal,
    alive: () => timer.refresh(),
    end: () => clearTimeout(timer),
  };
}

interface Storing extends Receiving {
  readonly response: Response;
  readonly connection: Connection;
  readonly start: number;
  readonly total: number | undefined;
}

async function store(remote: Remote, part: string, storing: Storing): Promise<void> {
  const { response, connection, start, total, signal, progressed, onProgress } = storing;
  const file = await openPart(part, start === 0 ? "w" : "a");
  let done = start;
  try {
    if (start === 0) await notePart(part, { url: remote.url, validator: validatorOf(response) });
    if (total !== undefined) await assertSpace(part, total - start);
    for await (const chunk of chunksOf(response, signal)) {
      connection.alive();
      await write(part, file, chunk);
      done += chunk.length;
      progressed();
      onProgress?.(progressOf(done, total));
    }
  } finally {
    await file.close();
  }
  if (total !== undefined && done < total) throw new TransientError("The connection was lost");
}

/** @yields the body's pieces, [bytes] */
async function* chunksOf(
  response: Response,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  try {
    for (;;) {
      const next = await reader?.read().catch((cause: unknown) => {
        throwIfCancelled(signal);
        throw new TransientError("The connection was lost", { cause });
      });
      if (next?.value === undefined) return;
      yield next.value;
    }
  } finally {
    await reader?.cancel().catch(() => undefined); // it has failed already
  }
}

async function openPart(part: string, flags: "w" | "a"): Promise<FileHandle> {
  try {
    return await open(part, flags);
  } catch (error) {
    throw fileError(part, error);
  }
}

async function write(part: string, file: FileHandle, chunk: Uint8Array): Promise<void> {
  try {
    await file.writeFile(chunk);
  } catch (error) {
    throw fileError(part, error);
  }
}

/** The part on disk, when it is known what it is a part of. */
async function readPart(
  part: string,
  url: string,
): Promise<{ size: number; validator: string } | undefined> {
  try {
    const { size } = await stat(part);
    const note = partSchema.parse(JSON.parse(await readFile(`${part}.json`, "utf8")));
    if (size > 0 && note.url === url) return { size, validator: note.validator };
  } catch {
    // No part, or one of unknown origin: the download begins anew.
  }
  return undefined;
}

/** Follows the truncation of the part, so that a note never stands beside another file's bytes. */
async function notePart(
  part: string,
  { url, validator }: { url: string; validator: string | undefined },
): Promise<void> {
  if (validator === undefined) await rm(`${part}.json`, { force: true });
  else await writeFileAtomically(`${part}.json`, JSON.stringify({ url, validator }));
}

/** Only a strong validator makes parts of two answers fit together. @see RFC 9110, section 13.1.5 */
function validatorOf({ headers }: Response): string | undefined {
  const etag = headers.get("etag");
  return etag?.startsWith('"') ? etag : (headers.get("last-modified") ?? undefined);
}

/** First byte and size of the whole file, from `Content-Range` or else `Content-Length`. */
function rangeOf({ status, headers }: Response): { start: number; total: number | undefined } {
  const length = headers.get("content-length");
  if (status === 200) return { start: 0, total: length === null ? undefined : Number(length) };
  const [, start = "0", total] =
    /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(headers.get("content-range") ?? "") ?? [];
  return { start: Number(start), total: total === undefined ? undefined : Number(total) };
}

/** Google's storage, which Kaggle redirects to, sends `x-goog-hash: crc32c=…, md5=…` in Base64. */
function storageMd5({ headers }: Response): string | undefined {
  const md5 = /md5=([\w+/]+=*)/.exec(headers.get("x-goog-hash") ?? "")?.[1];
  return md5 === undefined ? undefined : Buffer.from(md5, "base64").toString("hex");
}

async function assertSpace(part: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(dirname(part));
  if (bytes <= bavail * bsize) return;
  throw new UndertoneError(
    "disk-full",
    `${part}: needs ${(bytes / megabyte).toFixed(0)} MB more than the part that is here, and the disk ` +
      `has ${((bavail * bsize) / megabyte).toFixed(0)} MB. Free some space, or name another --out.`,
  );
}

function progressOf(done: number, total: number | undefined): Progress {
  const all = total === undefined ? undefined : Math.ceil(total / megabyte);
  // The last megabyte is done when its last byte is.
  const whole = done === total && all !== undefined ? all : Math.floor(done / megabyte);
  return { label: "Downloading", done: whole, total: all, unit: "MB" };
}

/** @throws UndertoneError `file-not-found`, `file-unreadable`, `cancelled` */
export async function md5Of(path: string, signal?: AbortSignal): Promise<string> {
  const hash = createHash("md5");
  try {
    for await (const chunk of createReadStream(path)) {
      throwIfCancelled(signal);
      hash.update(chunk);
    }
  } catch (error) {
    throw error instanceof UndertoneError ? error : fileError(path, error);
  }
  return hash.digest("hex");
}
