import { rm, stat } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { type Digest, matchesDigest } from "../../downloads/digest.ts";
import { downloadFile } from "../../downloads/download-file.ts";
import { makeFolder } from "../../shared/files.node.ts";
import { withLock } from "../../shared/lock.node.ts";
import type { ProgressListener } from "../../shared/logger.ts";
import { ravdess } from "../importers/ravdess.ts";
import { assertNewFolder, createFolder } from "../new-folder.ts";
import { type RavdessSource, ravdessSources, type SourceOptions } from "./sources.ts";
import { unzip } from "./unzip.ts";

export interface DownloadOptions extends SourceOptions {
  readonly from: RavdessSource;
  readonly onProgress?: ProgressListener | undefined;
}

/**
 * Puts RAVDESS's speech into a new folder, `Actor_01` and so on, each clip once. The archive lies
 * beside the folder until it is unpacked; an interrupted call is continued by the next.
 * @throws UndertoneError `usage` when the folder is not empty, `busy`, `credentials-missing`,
 * `network-failed`, `checksum-mismatch`, `disk-full`, `dataset-invalid`, `cancelled`
 */
export async function downloadRavdess(folder: string, options: DownloadOptions): Promise<void> {
  const target = resolve(folder);
  await assertNewFolder(target);
  await makeFolder(dirname(target));
  await withLock(`${target}.lock`, async () => {
    const { url, authorization, digest } = await ravdessSources[options.from](options);
    const archive = `${target}.${options.from}.zip`;
    const remote = { url, ...(authorization !== undefined && { authorization }) };
    if (!(await isComplete(archive, digest, options.signal))) {
      await downloadFile(remote, archive, { ...options, digest });
    }
    await createFolder(target, (beside) => unzip(archive, beside, { ...options, placeOf }));
    await rm(archive, { force: true });
  });
}

/** Whether an earlier call has got the whole archive, and failed only at unpacking it. */
async function isComplete(
  archive: string,
  digest: Digest | undefined,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const exists = await stat(archive).catch(() => undefined);
  return (
    exists !== undefined && (digest === undefined || (await matchesDigest(archive, digest, signal)))
  );
}

/** `audio_speech_actors_01-24/Actor_12/03-….wav`, Kaggle's second copy, goes where the first does. */
function placeOf(path: string): string | undefined {
  if (!/\.wav$/i.test(path)) return undefined;
  const clip = ravdess.readName(path);
  return clip && "id" in clip ? `Actor_${clip.speakerId}/${clip.id}.wav` : undefined;
}
