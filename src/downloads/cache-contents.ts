import { lstat, readdir, rm, stat, unlink } from "node:fs/promises";
import { join } from "node:path";
import { UndertoneError } from "../shared/errors.ts";
import { fileError, systemCode } from "../shared/files.node.ts";
import { cacheKinds, type CacheKind } from "./cache-kinds.ts";
import { isModelName } from "./catalog.ts";
import { removeModel } from "./stored-models.ts";

/** How much of one kind there is, or was removed. */
export interface CacheSize {
  readonly kind: CacheKind;
  readonly files: number;
  readonly sizeBytes: number;
}

export interface ClearedCache extends CacheSize {
  /** What was left, each with the reason. */
  readonly left: readonly string[];
}

interface ClearOptions {
  readonly kinds: readonly CacheKind[];
  /** Milliseconds since 1970: what was written later stays. */
  readonly writtenBefore: number;
}

/** A model, or one file of features or a transcript. */
interface CacheItem {
  readonly files: number;
  readonly sizeBytes: number;
  readonly writtenMs: number;
  remove(): Promise<void>;
}

/** Names that only undertone gives: whatever else lies in the folder is not its own. */
const ownFile = /^[0-9a-f]{64}\.(f16|f32|json)$/;
const interrupted = /^[0-9a-f]{64}\.(f16|f32|json)\.\d+-[0-9a-f]{8}\.tmp$/;
/** Nobody writes one file for longer: it is not of a running process. */
const longestWriteMs = 3_600_000;

/** Returns how much of each kind is in the cache folder; links are not followed. @throws UndertoneError `file-unreadable` */
export async function cacheSizes(folder: string): Promise<CacheSize[]> {
  await assertFolder(folder);
  const sizes: CacheSize[] = [];
  for (const kind of cacheKinds) {
    let [files, sizeBytes] = [0, 0];
    for await (const item of itemsOf(folder, kind)) {
      files += item.files;
      sizeBytes += item.sizeBytes;
    }
    sizes.push({ kind, files, sizeBytes });
  }
  return sizes;
}

/**
 * Removes what is cached, also while other processes use the cache: they compute again what they miss, and models that are
 * being downloaded stay.
 * @throws UndertoneError `file-unreadable`
 */
export async function clearCache(folder: string, options: ClearOptions): Promise<ClearedCache[]> {
  await assertFolder(folder);
  const cleared: ClearedCache[] = [];
  for (const kind of cacheKinds.filter((each) => options.kinds.includes(each))) {
    let [files, sizeBytes] = [0, 0];
    const left: string[] = [];
    for await (const item of itemsOf(folder, kind, left)) {
      if (item.writtenMs >= options.writtenBefore) continue;
      try {
        await item.remove();
        files += item.files;
        sizeBytes += item.sizeBytes;
      } catch (error) {
        if (!(error instanceof UndertoneError && error.code === "busy")) throw error;
        left.push(error.message);
      }
    }
    cleared.push({ kind, files, sizeBytes, left });
  }
  return cleared;
}

/** @throws UndertoneError `file-unreadable` where a file lies in place of the folder */
async function assertFolder(path: string): Promise<void> {
  const found = await stat(path).catch((error: unknown) => absent(path, error));
  if (found === undefined || found.isDirectory()) return;
  const message = `${path}: is a file, not a folder. Delete it, or name a folder in UNDERTONE_CACHE.`;
  throw new UndertoneError("file-unreadable", message, { path });
}

async function* itemsOf(
  cache: string,
  kind: CacheKind,
  left: string[] = [],
): AsyncGenerator<CacheItem> {
  const folder = join(cache, kind);
  if (await isLink(folder, left)) return;
  await assertFolder(folder);
  if (kind === "models") yield* modelsIn(cache, left);
  else yield* hashedFiles(folder);
}

/** @yields the models of the store, and all that transformers.js has downloaded as one */
async function* modelsIn(cache: string, left: string[]): AsyncGenerator<CacheItem> {
  const folder = join(cache, "models");
  for (const name of await names(folder)) {
    if (isModelName(name)) yield await storedModel(folder, name);
  }
  const others = join(cache, "transformers");
  if ((await names(others)).length === 0 || (await isLink(others, left))) return;
  const remove = (): Promise<void> => rm(others, { recursive: true, force: true });
  yield { ...(await measure(others)), remove };
}

async function isLink(path: string, left: string[]): Promise<boolean> {
  const found = await status(path);
  if (found?.isSymbolicLink() !== true) return false;
  left.push(`${path} is a link: clear the folder that it leads to yourself.`);
  return true;
}

async function storedModel(
  folder: string,
  name: Parameters<typeof removeModel>[1],
): Promise<CacheItem> {
  return { ...(await measure(join(folder, name))), remove: () => removeModel(folder, name) };
}

/** @yields files that lie by the start of their hash; the folders stay, which another process may be about to write into */
async function* hashedFiles(folder: string): AsyncGenerator<CacheItem> {
  for (const start of await names(folder)) {
    const inner = join(folder, start);
    if (!/^[0-9a-f]{2}$/.test(start) || (await status(inner))?.isDirectory() !== true) continue;
    for (const name of await names(inner)) {
      const path = join(inner, name);
      const found = await status(path);
      if (found?.isFile() !== true) continue;
      const isLeftOver = interrupted.test(name) && found.mtimeMs < Date.now() - longestWriteMs;
      if (!ownFile.test(name) && !isLeftOver) continue;
      yield {
        files: 1,
        sizeBytes: found.size,
        writtenMs: found.mtimeMs,
        remove: () => removeFile(path),
      };
    }
  }
}

async function measure(folder: string): Promise<Omit<CacheItem, "remove">> {
  let [files, sizeBytes, writtenMs] = [0, 0, 0];
  const entries = (await status(folder))?.isDirectory()
    ? await readdir(folder, { recursive: true, withFileTypes: true })
    : [];
  for (const entry of entries) {
    const found = entry.isFile() ? await status(join(entry.parentPath, entry.name)) : undefined;
    if (found === undefined) continue;
    files++;
    sizeBytes += found.size;
    writtenMs = Math.max(writtenMs, found.mtimeMs);
  }
  return { files, sizeBytes, writtenMs };
}

/** What lies in a folder; nothing where it is not there. */
async function names(folder: string): Promise<string[]> {
  return readdir(folder).catch((error: unknown) => absent(folder, error) ?? []);
}

/** Of a file itself, not of what a link leads to; `undefined` where another process has removed it. */
const status = (path: string) => lstat(path).catch((error: unknown) => absent(path, error));

async function removeFile(path: string): Promise<void> {
  await unlink(path).catch((error: unknown) => absent(path, error));
}

function absent(path: string, error: unknown): undefined {
  if (systemCode(error) === "ENOENT") return undefined;
  throw fileError(path, error);
}
