import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { UndertoneError, type ErrorCode } from "../shared/errors.ts";
import { makeFolder } from "../shared/files.node.ts";
import { withLock } from "../shared/lock.node.ts";
import type { PinnedFile } from "../shared/published-files.ts";
import type { ModelEntry } from "./catalog.ts";
import { folderSource } from "./folder-source.ts";
import { ModelFolder, sizeOf } from "./model-folder.ts";
import type { FetchOptions, Source } from "./source.ts";

export interface ProvideOptions extends FetchOptions {
  /** Folder of the model store, with a folder for each model. */
  readonly modelsFolder: string;
  /** A folder of the same layout that the user provides: the first source, and the only one when offline. */
  readonly localFolder?: string | undefined;
  readonly offline: boolean;
}

/** After these failures the next source is tried. */
const elsewhere: readonly ErrorCode[] = [
  "network-failed",
  "credentials-missing",
  "checksum-mismatch",
  "file-unreadable",
];

/**
 * Resolves to the folder of a model, its files verified; missing ones are downloaded first. While another process downloads
 * the same model, this one waits.
 * @throws UndertoneError `file-not-found` when offline, `network-failed`, `checksum-mismatch`,
 * `credentials-missing`, `disk-full`, `file-unreadable`, `cancelled`
 */
export async function provideModel(
  name: string,
  entry: ModelEntry,
  options: ProvideOptions,
): Promise<string> {
  const { modelsFolder, onProgress, signal } = options;
  const files = Object.values(entry.files);
  const folder = new ModelFolder(join(modelsFolder, name), files);
  if (await folder.isComplete()) return folder.path;
  await makeFolder(modelsFolder);
  const label = `Waiting for another process to download ${name}`;
  let hasWaited = false;
  const onWait = (seconds: number, holder: string): void => {
    hasWaited = true;
    const facts = { by: holder, waited: `${seconds} s` };
    onProgress?.({ label, done: 0, total: 1, unit: "models", facts });
  };
  await withLock(
    `${folder.path}.lock`,
    async () => {
      if (hasWaited) onProgress?.({ label, done: 1, total: 1, unit: "models" });
      if (!(await folder.isComplete())) await complete(name, folder, { ...options, entry });
    },
    { signal, onWait },
  );
  return folder.path;
}

interface Completing extends ProvideOptions {
  readonly entry: ModelEntry;
}

/** Tries the sources in order until all files are there. Files are verified before they enter the folder. */
async function complete(name: string, folder: ModelFolder, options: Completing): Promise<void> {
  const { signal, localFolder } = options;
  if (localFolder !== undefined && (await sizeOf(localFolder)) === undefined) {
    throw new UndertoneError("file-not-found", `${localFolder}: no such folder of models.`);
  }
  const incoming = `${folder.path}.incoming`;
  const failures: UndertoneError[] = [];
  let missing = await missingFiles(folder, signal);
  // Files that an interrupted process downloaded completely are used.
  await admitDownloaded(missing, { ...options, folder, incoming });
  missing = await missingFiles(folder, signal);
  try {
    for (const source of sourcesOf(name, options)) {
      if (missing.length === 0) break;
      await makeFolder(incoming);
      failures.push(...(await fetchFrom(source, missing, { ...options, folder, incoming })));
      missing = await missingFiles(folder, signal);
    }
  } finally {
    await removeIfEmpty(incoming);
  }
  if (missing.length > 0) throw unavailable(name, missing, { ...options, failures, folder });
  await rm(incoming, { recursive: true, force: true });
}

/** Removes the folder unless it has interrupted downloads, which the next call resumes. */
async function removeIfEmpty(incoming: string): Promise<void> {
  const left = await readdir(incoming, { recursive: true, withFileTypes: true }).catch(() => []);
  if (left.some((item) => !item.isDirectory())) return;
  await rm(incoming, { recursive: true, force: true });
}

interface Fetching extends Completing {
  readonly folder: ModelFolder;
  readonly incoming: string;
}

/** Downloads from one source. Resolves to the failures after which the next source is tried. */
async function fetchFrom(
  source: Source,
  files: readonly PinnedFile[],
  options: Fetching,
): Promise<UndertoneError[]> {
  const failures: UndertoneError[] = [];
  const failed = (code: ErrorCode, problem: string, cause?: unknown): void => {
    failures.push(new UndertoneError(code, `${source.name}: ${problem}`, { cause }));
  };
  await source
    .fetch(files, options.incoming, { ...options, attempts: 3 })
    .catch((error: unknown) => {
      if (!(error instanceof UndertoneError && elsewhere.includes(error.code))) throw error;
      failed(error.code, error.message, error);
    });
  for (const { path } of await admitDownloaded(files, options)) {
    failed("checksum-mismatch", `its ${path} differs from the published file.`);
  }
  return failures;
}

/** Verifies downloaded files and moves them into the folder. Resolves to those that differed and were deleted. */
async function admitDownloaded(
  files: readonly PinnedFile[],
  { folder, incoming, signal }: Fetching,
): Promise<PinnedFile[]> {
  const rejected: PinnedFile[] = [];
  for (const file of files) {
    const downloaded = join(incoming, file.path);
    if ((await sizeOf(downloaded)) === undefined) continue;
    if (!(await folder.admit(file, downloaded, signal))) rejected.push(file);
  }
  return rejected;
}

function sourcesOf(name: string, { localFolder, offline, entry }: Completing): readonly Source[] {
  const local = localFolder === undefined ? [] : [folderSource(join(localFolder, name))];
  return offline ? local : [...local, ...entry.sources];
}

async function missingFiles(folder: ModelFolder, signal?: AbortSignal): Promise<PinnedFile[]> {
  const { missing, damaged } = await folder.verify(signal);
  return [...missing, ...damaged];
}

interface Failing extends Completing {
  readonly failures: readonly UndertoneError[];
  readonly folder: ModelFolder;
}

function unavailable(
  name: string,
  missing: readonly PinnedFile[],
  { offline, failures, folder }: Failing,
): UndertoneError {
  const what = missing.map(({ path }) => path).join(", ");
  const causes = failures.map(({ message }) => `\n  ${message}`).join("");
  if (offline) {
    return new UndertoneError(
      "file-not-found",
      `${name}: ${what} not in ${folder.path}, and downloads are off (offline). ` +
        `With a network: undertone models pull ${name}${causes}`,
    );
  }
  return new UndertoneError(
    failures.at(-1)?.code ?? "network-failed",
    `${name} cannot be downloaded (${what}).${causes}\nTo resume: undertone models pull ${name}`,
    { cause: new AggregateError(failures) },
  );
}
