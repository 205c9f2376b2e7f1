import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import type { ProgressListener } from "../shared/logger.ts";
import type { PinnedFile } from "../shared/published-files.ts";

export interface FetchOptions {
  /** Told of the bytes that have arrived. */
  readonly onProgress?: ProgressListener | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Name of the cache in which the browser keeps files of published models. */
export const cacheName = "undertone-models";

/** Returns what a file is kept by: an address that is never fetched, the same for the same content from anywhere. */
export const keyOf = (sha256: string): string => `https://undertone.invalid/${sha256}`;

/**
 * Fetches a file, [bytes].
 * @throws UndertoneError `network-failed`, `cancelled`
 */
export async function fetchFile(
  url: string,
  { onProgress, signal }: FetchOptions = {},
): Promise<Uint8Array<ArrayBuffer>> {
  try {
    const response = await fetch(url, signal ? { signal } : {});
    if (!response.ok) throw new Error(`HTTP status ${response.status}`);
    return await bytesOf(response, (done) => {
      const total = Number(response.headers.get("content-length")) || undefined;
      onProgress?.({ label: `Downloading ${url}`, done, total, unit: "bytes" });
    });
  } catch (cause) {
    throwIfCancelled(signal);
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new UndertoneError("network-failed", `${url} cannot be fetched: ${why}`, { cause });
  }
}

async function bytesOf(
  response: Response,
  onChunk: (done: number) => void,
): Promise<Uint8Array<ArrayBuffer>> {
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  let done = 0;
  const reader = response.body!.getReader();
  for (;;) {
    const { value } = await reader.read();
    if (value === undefined) break;
    chunks.push(value);
    done += value.length;
    onChunk(done);
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/**
 * Fetches a file of a published model, which must have the SHA-256 that was published, and keeps it in the browser's
 * Cache API. Needs a secure context: HTTPS or localhost.
 * @throws UndertoneError `checksum-mismatch`, `network-failed`, `cancelled`, and `usage` outside a secure context
 */
export async function fetchPinned(
  url: string,
  { sha256 }: Pick<PinnedFile, "sha256">,
  options: FetchOptions = {},
): Promise<Uint8Array> {
  if (!isSecureContext) {
    const message =
      "Published models need a page on HTTPS or localhost, where their bytes can be checked.";
    throw new UndertoneError("usage", message);
  }
  const cache = await caches.open(cacheName);
  const key = keyOf(sha256);
  const kept = await cache.match(key);
  if (kept) return new Uint8Array(await kept.arrayBuffer());
  const bytes = await fetchFile(url, options);
  if ((await sha256Of(bytes)) !== sha256) {
    throw new UndertoneError("checksum-mismatch", `${url} is not the file that was published.`);
  }
  // Without space in the cache it is fetched again next time.
  await cache.put(key, new Response(bytes)).catch(() => undefined);
  return bytes;
}

async function sha256Of(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
