import { copyFile, rm, stat } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { type Digest, matchesDigest } from "../../downloads/digest.ts";
import { downloadFile } from "../../downloads/download-file.ts";
import { UndertoneError } from "../../shared/errors.ts";
import { makeFolder } from "../../shared/files.node.ts";
import { withLock } from "../../shared/lock.node.ts";
import type { ProgressListener } from "../../shared/logger.ts";
import { assertNewFolder, createFolder } from "../new-folder.ts";
import {
  type CorpusDownload,
  corpusDownloads,
  type CorpusSource,
  corpusSources,
  keepSoundsAndTables,
} from "./catalog.ts";
import { filesAt, type RemoteFile, type SourceOptions } from "./sources.ts";
import { unzip } from "./unzip.ts";

export interface DownloadOptions extends SourceOptions {
  /** By default the first of `sourcesOf`. */
  readonly from?: CorpusSource | undefined;
  readonly onProgress?: ProgressListener | undefined;
}

/** Returns the services that have a corpus, the one without a token first; none for a corpus that is not downloaded. */
export function sourcesOf(corpus: string): CorpusSource[] {
  const known = Object.hasOwn(corpusDownloads, corpus) ? corpusDownloads[corpus] : undefined;
  return known ? corpusSources.filter((source) => known[source] !== undefined) : [];
}

/**
 * Puts a corpus into a new folder. Its archives lie beside the folder until all are unpacked; an interrupted call is continued
 * by the next.
 * @throws UndertoneError `usage` when the folder is not empty or the corpus is not there, `busy`, `credentials-missing`,
 * `network-failed`, `checksum-mismatch`, `disk-full`, `dataset-invalid`, `cancelled`
 */
export async function downloadCorpus(
  corpus: string,
  folder: string,
  options: DownloadOptions,
): Promise<void> {
  const [first] = sourcesOf(corpus);
  const from = options.from ?? first;
  if (from === undefined || !sourcesOf(corpus).includes(from)) {
    throw new UndertoneError("usage", `${corpus} cannot be downloaded from ${from ?? "anywhere"}.`);
  }
  const download = corpusDownloads[corpus]!;
  const target = resolve(folder);
  await assertNewFolder(target);
  await makeFolder(dirname(target));
  await withLock(`${target}.lock`, async () => {
    const files = (await filesAt(from, download, options))!;
    const pathOf = ({ name }: RemoteFile): string => `${target}.${name}`;
    for (const file of files) await getFile(file, pathOf(file), options);
    await createFolder(target, async (beside) => {
      for (const file of files) await place(file, pathOf(file), { download, beside, ...options });
    });
    for (const file of files) await rm(pathOf(file), { force: true });
  });
}

async function getFile(
  { name, url, authorization, digest, size }: RemoteFile,
  path: string,
  options: DownloadOptions,
): Promise<void> {
  if (await isComplete(path, digest, options.signal)) return;
  const remote = { url, ...(authorization !== undefined && { authorization }) };
  await downloadFile(remote, path, { ...options, digest, size, label: `Downloading ${name}` });
}

interface Placing extends DownloadOptions {
  readonly download: CorpusDownload;
  readonly beside: string;
}

/** Unpacks an archive; another file is copied as it is. */
async function place({ name }: RemoteFile, path: string, placing: Placing): Promise<void> {
  const { download, beside, onProgress, signal } = placing;
  const { placeOf = keepSoundsAndTables } = download;
  if (/\.zip$/i.test(name)) await unzip(path, beside, { placeOf, onProgress, signal });
  else await copyFile(path, join(beside, name));
}

/** Whether an earlier call has got the whole file, and failed only later. */
async function isComplete(
  path: string,
  digest: Digest | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const exists = await stat(path).catch(() => undefined);
  return (
    exists !== undefined && (digest === undefined || (await matchesDigest(path, digest, signal)))
  );
}
