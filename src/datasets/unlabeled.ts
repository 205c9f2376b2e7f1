import { stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";
import { listAudioFiles } from "./corpus-files.ts";
import { readTableCorpus } from "./importers/table.ts";
import { type Clip, unknownSpeaker } from "./manifest.ts";
import type { Corpus } from "./read-corpus.ts";
import { isTableName, tableNameOf } from "./table.ts";

/**
 * Reads sounds without labels, each as one of the label that is given: a folder, whose speakers are the folders that the files
 * lie in, or a table with a column for paths.
 * @throws UndertoneError `dataset-invalid` where there is no sound, `file-not-found`, `file-unreadable`
 */
export async function readUnlabeled(root: string, label: string): Promise<Corpus> {
  const path = resolve(root);
  const info = await stat(path).catch((error: unknown) => {
    throw fileError(path, error);
  });
  if (info.isFile() && isTableName(path)) {
    const read = await readTableCorpus(path, { label });
    return { corpus: tableNameOf(path), root: path, ...read };
  }
  const files = await listAudioFiles(path);
  if (files.length === 0) {
    const remedy = "Name a folder of recordings, or a table of them.";
    throw new UndertoneError("dataset-invalid", `${path}: holds no audio files. ${remedy}`);
  }
  const clips = files.map((file): Clip => {
    const folder = file.split("/").at(-2);
    return {
      id: file,
      path: join(path, file),
      emotion: label,
      speakerId: folder ?? unknownSpeaker,
    };
  });
  return { corpus: basename(path), root: path, clips, leftOut: [], warnings: [] };
}
