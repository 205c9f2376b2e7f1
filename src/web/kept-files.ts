import { publishedFiles, type PinnedFile } from "../shared/published-files.ts";
import { cacheName, keyOf } from "./fetch-file.ts";

/** A file of a published model that the browser keeps. */
export interface KeptFile {
  readonly name: string;
  readonly sizeBytes: number;
  readonly sha256: string;
}

/** Returns the files of published models that the browser keeps. */
export async function keptFiles(): Promise<KeptFile[]> {
  const cache = await caches.open(cacheName);
  const kept: KeptFile[] = [];
  for (const [model, files] of Object.entries(publishedFiles)) {
    for (const { path, size, sha256 } of Object.values<PinnedFile>(files)) {
      if ((await cache.match(keyOf(sha256))) === undefined) continue;
      kept.push({ name: `${model}/${path}`, sizeBytes: size, sha256 });
    }
  }
  return kept;
}

/** Removes a file from what the browser keeps; it is fetched again when it is needed. */
export async function removeKept({ sha256 }: Pick<KeptFile, "sha256">): Promise<void> {
  await (await caches.open(cacheName)).delete(keyOf(sha256));
}
