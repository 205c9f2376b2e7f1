import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { catalog, type ModelEntry, type ModelName } from "../downloads/catalog.ts";
import { modelFiles, type ModelOptions } from "../downloads/model-files.ts";
import { UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";
import type { ProgressListener } from "../shared/logger.ts";
import type { TranscriptionModelFiles } from "../transcription/transcribers.node.ts";

/** A file: its path, its URL (`file:`, `http:`, `https:`) or its bytes. */
export type FileLocation = string | URL | Uint8Array;

/** Where the files of published models come from, by model and role: `{ "moonshine-base": { encoder, decoder } }`. */
export type GivenModelFiles = Partial<Record<ModelName, Readonly<Record<string, FileLocation>>>>;

export interface ModelSourceOptions {
  /** Files of published models that are neither looked for in the cache folder nor downloaded. Their hash is checked. */
  readonly modelFiles?: GivenModelFiles | undefined;
  /** Folder of downloaded models and transcripts; by default `UNDERTONE_CACHE`, or `undertone` in the user's. */
  readonly cacheFolder?: string | undefined;
  /** Downloads nothing; by default only when `UNDERTONE_OFFLINE` is set. */
  readonly offline?: boolean | undefined;
  /** Told of the downloads. */
  readonly onProgress?: ProgressListener | undefined;
  /** Stops the loading. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Reads a file wherever it is.
 * @throws UndertoneError `file-not-found`, `file-unreadable`, `network-failed`
 */
export async function readLocation(
  location: FileLocation,
  signal?: AbortSignal,
): Promise<Uint8Array> {
  if (location instanceof Uint8Array) return location;
  const text = String(location);
  if (/^https?:/i.test(text)) return download(text, signal);
  const path = text.startsWith("file:") ? fileURLToPath(text) : text;
  return readFile(path).catch((error: unknown) => {
    throw fileError(path, error);
  });
}

async function download(url: string, signal: AbortSignal | undefined): Promise<Uint8Array> {
  try {
    const response = await fetch(url, { signal: signal ?? null });
    if (response.ok) return new Uint8Array(await response.arrayBuffer());
    throw new UndertoneError("network-failed", `${url}: the server answers ${response.status}.`);
  } catch (cause) {
    if (cause instanceof UndertoneError) throw cause;
    const code = signal?.aborted ? "cancelled" : "network-failed";
    throw new UndertoneError(code, `${url}: cannot be downloaded.`, { cause });
  }
}

/**
 * Provides the files of a published model: those that were given, or else those of the store, which downloads them.
 * @throws UndertoneError `usage` for a file that was not given, `checksum-mismatch` for another one, and what getting
 * the files throws
 */
export async function providedFiles(
  name: ModelName,
  options: ModelSourceOptions,
): Promise<TranscriptionModelFiles> {
  const given = options.modelFiles?.[name];
  if (given === undefined) return modelFiles(name, storeOptions(options));
  if (typeof given["folder"] === "string") return { folder: given["folder"] };
  const { files }: ModelEntry = catalog[name];
  const provided: Record<string, Uint8Array> = {};
  for (const [role, { sha256 }] of Object.entries(files)) {
    const location = given[role];
    if (location === undefined) {
      const message = `modelFiles["${name}"] needs ${Object.keys(files).join(", ")}: ${role} is missing.`;
      throw new UndertoneError("usage", message);
    }
    const bytes = await readLocation(location, options.signal);
    if (sha256Of(bytes) !== sha256) {
      const message = `modelFiles["${name}"].${role} is not the published file. Get it with: undertone models pull ${name}`;
      throw new UndertoneError("checksum-mismatch", message);
    }
    provided[role] = bytes;
  }
  return provided;
}

function storeOptions({ cacheFolder, ...options }: ModelSourceOptions): ModelOptions {
  const { offline, onProgress, signal } = options;
  const modelsFolder = cacheFolder === undefined ? undefined : join(cacheFolder, "models");
  return { offline, onProgress, signal, modelsFolder };
}

/** Returns the SHA-256 of bytes in hexadecimal. */
export const sha256Of = (bytes: Uint8Array): string =>
  createHash("sha256").update(bytes).digest("hex");
