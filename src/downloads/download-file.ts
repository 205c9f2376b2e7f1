import type { FileHandle } from "node:fs/promises";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";
import type { Progress, ProgressListener } from "../shared/logger.ts";
import { type Digest, matchesDigest } from "./digest.ts";
import { get, type HttpOptions, type Remote, TransientError, withRetries } from "./http.ts";
import { PartFile } from "./part-file.ts";

export interface DownloadFileOptions extends HttpOptions {
  /** Of the whole file, if known. */
  readonly digest?: Digest | undefined;
  /** Size of the whole file in bytes, if known; a longer response is aborted. */
  readonly size?: number | undefined;
  /** Label of the progress; "Downloading" by default. */
  readonly label?: string | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/**
 * Downloads to `path` through `path.part`, which a later call resumes when the server supports ranges and still has the
 * same file (by its `ETag` or date, else by `digest`), and restarts otherwise.
 * @throws UndertoneError `network-failed`, `credentials-missing`, `checksum-mismatch`, `disk-full`,
 * `cancelled`; the part is kept, except after a wrong checksum
 */
export async function downloadFile(
  remote: Remote,
  path: string,
  options: DownloadFileOptions = {},
): Promise<void> {
  const part = new PartFile(path);
  const sentDigest = await withRetries(
    (progressed) => receive(remote, part, { ...options, progressed }),
    options,
  );
  const expected = options.digest ?? sentDigest;
  if (expected !== undefined && !(await matchesDigest(part.path, expected, options.signal))) {
    throw await damaged(part, `its ${expected.algorithm.toUpperCase()} is not ${expected.hex}`);
  }
  await part.finish(path);
}

async function damaged(part: PartFile, how: string): Promise<UndertoneError> {
  await part.discard();
  return new UndertoneError(
    "checksum-mismatch",
    `${part.path}: the download differs from the published file (${how}). It was deleted; run the command again.`,
  );
}

interface Receiving extends DownloadFileOptions {
  readonly progressed: () => void;
}

/** Receives one response. Resolves to the digest in its headers, if there is one. */
async function receive(
  remote: Remote,
  part: PartFile,
  options: Receiving,
): Promise<Digest | undefined> {
  const begun = await part.begun(remote.url, options.digest);
  const connection = watchConnection(options);
  try {
    const response = await get(
      remote,
      {
        "accept-encoding": "identity",
        ...(begun && { range: `bytes=${begun.size}-` }),
        ...(begun?.validator !== undefined && { "if-range": begun.validator }),
      },
      connection.signal,
    );
    const { start, total } = rangeOf(response);
    const isRest = response.status === 206 && start === begun?.size;
    if (response.status === 200 || isRest) {
      const note = {
        url: remote.url,
        validator: validatorOf(response),
        digest: options.digest?.hex,
      };
      if (total !== undefined) await part.assertSpace(total - start);
      const file = await part.open(start, note);
      try {
        await store(file, part, { ...options, response, connection, start, total });
      } finally {
        await file.close();
      }
    } else {
      await response.body?.cancel();
      if (begun === undefined || total !== begun.size) {
        await part.discard();
        throw new TransientError("The server cannot resume the download");
      }
    }
    return storageDigest(response);
  } finally {
    connection.end();
  }
}

interface Connection {
  readonly signal: AbortSignal;
  readonly alive: () => void;
  readonly end: () => void;
}

/** Aborts with the caller's signal, or when nothing arrives for `stallMs`. */
function watchConnection({ signal, stallMs = 60_000 }: HttpOptions): Connection {
  const stalled = new AbortController();
  const timer = setTimeout(() => stalled.abort(), stallMs);
  return {
    signal: signal ? AbortSignal.any([signal, stalled.signal]) : stalled.signal,
    alive: () => timer.refresh(),
    end: () => {
      clearTimeout(timer);
      stalled.abort(); // releases a response that was not consumed
    },
  };
}

interface Storing extends Receiving {
  readonly response: Response;
  readonly connection: Connection;
  readonly start: number;
  readonly total: number | undefined;
}

async function store(file: FileHandle, part: PartFile, storing: Storing): Promise<void> {
  const { response, connection, start, total, size, signal } = storing;
  const { progressed, onProgress, label = "Downloading" } = storing;
  if (total !== undefined && size !== undefined && total !== size) {
    throw await damaged(part, `${total} bytes instead of ${size}`);
  }
  let done = start;
  for await (const chunk of chunksOf(response, signal)) {
    connection.alive();
    done += chunk.length;
    if (size !== undefined && done > size) throw await damaged(part, `more than ${size} bytes`);
    await file.writeFile(chunk).catch((error: unknown) => {
      throw fileError(part.path, error);
    });
    progressed();
    onProgress?.(progressOf(label, done, total ?? size));
  }
  if (total !== undefined && done < total) throw new TransientError("The connection was lost");
}

/** @yields the chunks of the body */
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
    await reader?.cancel().catch(() => undefined); // it has already failed
  }
}

/** Only a strong validator guarantees that parts of two responses belong together. @see RFC 9110, section 13.1.5 */
function validatorOf({ headers }: Response): string | undefined {
  const etag = headers.get("etag");
  return etag?.startsWith('"') ? etag : (headers.get("last-modified") ?? undefined);
}

/** Returns first byte and size of the whole file, from `Content-Range` or else `Content-Length`. */
function rangeOf({ status, headers }: Response): { start: number; total: number | undefined } {
  const length = headers.get("content-length");
  if (status === 200) return { start: 0, total: length === null ? undefined : Number(length) };
  const [, start = "0", total] =
    /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(headers.get("content-range") ?? "") ?? [];
  return { start: Number(start), total: total === undefined ? undefined : Number(total) };
}

/** Returns the MD5 in `x-goog-hash: crc32c=…, md5=…` (Base64) of Google's storage, which Kaggle redirects to. */
function storageDigest({ headers }: Response): Digest | undefined {
  const md5 = /md5=([\w+/]+=*)/.exec(headers.get("x-goog-hash") ?? "")?.[1];
  return md5 === undefined
    ? undefined
    : { algorithm: "md5", hex: Buffer.from(md5, "base64").toString("hex") };
}

function progressOf(label: string, done: number, total: number | undefined): Progress {
  const all = total === undefined ? undefined : Math.ceil(total / 1e6);
  // The last megabyte is complete with its last byte.
  const whole = done === total && all !== undefined ? all : Math.floor(done / 1e6);
  return { label, done: whole, total: all, unit: "MB" };
}
