import { join } from "node:path";
import { UndertoneError } from "../../shared/errors.ts";
import type { Clip } from "../manifest.ts";
import { noteLines, Omissions, type ReadingNotes } from "../omissions.ts";
import { type Importer, isCopyName } from "./importer.ts";
import { importers } from "./registry.ts";

/** Names of the corpora that are known by their file names. */
export const knownCorpora: readonly string[] = Object.keys(importers);

/**
 * Returns the known corpus whose names the files have, `undefined` when they have none's.
 * @throws UndertoneError `dataset-invalid` for files of several
 */
export function detectCorpus(root: string, files: readonly string[]): string | undefined {
  const found = Object.entries(importers)
    .map(([corpus, importer]) => ({
      corpus,
      count: files.filter((file) => importer.readName(file)).length,
    }))
    .filter(({ count }) => count > 0);
  if (found.length > 1) {
    const parts = found.map(({ corpus, count }) => `${corpus} (${count})`).join(", ");
    const remedy = "Name the folder of one of them, or choose one with --corpus NAME.";
    throw new UndertoneError("dataset-invalid", `${root}: holds files of ${parts}. ${remedy}`);
  }
  return found[0]?.corpus;
}

/**
 * Reads the clips of a known corpus by their names, each once.
 * @throws UndertoneError `usage` for an unknown corpus, `dataset-invalid` when no clip is left
 */
export async function readNamedCorpus(
  corpus: string,
  files: readonly string[],
  { root, keepDefects = false }: { readonly root: string; readonly keepDefects?: boolean },
): Promise<{ readonly clips: Clip[] } & ReadingNotes> {
  const importer = Object.hasOwn(importers, corpus) ? importers[corpus] : undefined;
  if (!importer) {
    const known = knownCorpora.join(", ");
    throw new UndertoneError("usage", `No corpus is named ${corpus}. Known: ${known}.`);
  }
  const { clips, omissions } = readNames(importer, files, { root, keepDefects });
  const leftOut = omissions.list();
  if (clips.length === 0) {
    const parts = noteLines({ leftOut, warnings: [] }).join(". ") || "It has no audio files";
    throw new UndertoneError(
      "dataset-invalid",
      `${root}: no clip of ${corpus} is usable. ${parts}.`,
    );
  }
  const sexes = await importer.readSexes?.(root);
  const withSexes = clips.map((clip) => {
    const sex = sexes?.get(clip.speakerId);
    return sex ? { ...clip, sex } : clip;
  });
  return { clips: withSexes, leftOut, warnings: [] };
}

function readNames(
  importer: Importer,
  files: readonly string[],
  { root, keepDefects }: { readonly root: string; readonly keepDefects: boolean },
): { readonly clips: Clip[]; readonly omissions: Omissions } {
  const clips = new Map<string, Clip>();
  const omissions = new Omissions();
  const originalsFirst = files.toSorted((a, b) => Number(isCopyName(a)) - Number(isCopyName(b)));
  for (const file of originalsFirst) {
    const named = importer.readName(file);
    if (!named) {
      omissions.add("name not of this corpus", file);
    } else if ("omitted" in named) {
      omissions.add(named.omitted, file);
    } else if (clips.has(named.id)) {
      omissions.add("second copy of a clip", file); // Kaggle's archives hold their folders twice
    } else {
      const { defect, ...clip } = named;
      if (defect !== undefined && !keepDefects) omissions.add(defect, file);
      else clips.set(named.id, { ...clip, path: join(root, file) });
    }
  }
  return { clips: [...clips.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)), omissions };
}
