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
  /** Where models are kept, a folder each. */
  readonly modelsFolder: string;
  /** Where a person has put models, in the same way; asked first, and the only one when offline. */
  readonly localFolder?: string | undefined;
  readonly offline: boolean;
}

/** After these another source may do better. */
const elsewhere: readonly ErrorCode[] = [
  "network-failed",
  "credentials-missing",
  "checksum-mismatch",
  "file-unreadable",
];

/**
 * Makes sure that a model's files are on disk and were verified, and fetches what is missing. While
 * another process does the same, this one waits. Returns the model's folder.
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
  const onWait = (seconds: number): void => {
    hasWaited = true;
    const facts = { waited: `${seconds} s` };
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

/** Goes from source to source until all is here. What they bring is verified before it comes in. */
async function complete(name: string, folder: ModelFolder, options: Completing): Promise<void> {
  const { signal, localFolder } = options;
  if (localFolder !== undefined && (await sizeOf(localFolder)) === undefined) {
    throw new UndertoneError(
      "file-not-found",
      `${localFolder}: there is no such folder of models.`,
    );
  }
  const incoming = `${folder.path}.incoming`;
  const failures: UndertoneError[] = [];
  let missing = await lacking(folder, signal);
  // What a process that was stopped got whole has not to come again.
  await admitArrived(missing, { ...options, folder, incoming });
  missing = await lacking(folder, signal);
  try {
    for (const source of sourcesOf(name, options)) {
      if (missing.length === 0) break;
      await makeFolder(incoming);
      failures.push(...(await fetchFrom(source, missing, { ...options, folder, incoming })));
      missing = await lacking(folder, signal);
    }
  } finally {
    await removeIfEmpty(incoming);
  }
  if (missing.length > 0) throw unavailable(name, missing, { ...options, failures, folder });
  await rm(incoming, { recursive: true, force: true });
}

/** What has arrived in part stays for the next try. */
async function removeIfEmpty(incoming: string): Promise<void> {
  const left = await readdir(incoming, { recursive: true, withFileTypes: true }).catch(() => []);
  if (left.some((item) => !item.isDirectory())) return;
  await rm(incoming, { recursive: true, force: true });
}

interface Fetching extends Completing {
  readonly folder: ModelFolder;
  readonly incoming: string;
}

/** Brings in what one source has. Returns what went wrong, where another source may do better. */
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
  for (const { path } of await admitArrived(files, options)) {
    failed("checksum-mismatch", `its ${path} is not what was published.`);
  }
  return failures;
}

/** Verifies what has arrived and moves it to its place. Returns what was something else and is deleted. */
async function admitArrived(
  files: readonly PinnedFile[],
  { folder, incoming, signal }: Fetching,
): Promise<PinnedFile[]> {
  const refused: PinnedFile[] = [];
  for (const file of files) {
    const arrived = join(incoming, file.path);
    if ((await sizeOf(arrived)) === undefined) continue;
    if (!(await folder.admit(file, arrived, signal))) refused.push(file);
  }
  return refused;
}

function sourcesOf(name: string, { localFolder, offline, entry }: Completing): readonly Source[] {
  const local = localFolder === undefined ? [] : [folderSource(join(localFolder, name))];
  return offline ? local : [...local, ...entry.sources];
}

async function lacking(folder: ModelFolder, signal?: AbortSignal): Promise<PinnedFile[]> {
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
      `${name}: ${what} not in ${folder.path}, and nothing may be downloaded (offline). ` +
        `Where there is a network: undertone models pull ${name}${causes}`,
    );
  }
  return new UndertoneError(
    failures.at(-1)?.code ?? "network-failed",
    `${name} cannot be downloaded (${what}).${causes}\nTo go on from here: undertone models pull ${name}`,
    { cause: new AggregateError(failures) },
  );
}
