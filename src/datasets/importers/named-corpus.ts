import { readFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { UndertoneError } from "../../shared/errors.ts";
import { fileError } from "../../shared/files.node.ts";
import { listFiles } from "../corpus-files.ts";
import type { Clip } from "../manifest.ts";
import { noteLines, Omissions, type ReadingNotes } from "../omissions.ts";
import {
  type AnnotatedImporter,
  type ClipDetails,
  type Importer,
  isCopyName,
  type NamedClip,
  type Omission,
  type TextFile,
} from "./importer.ts";
import { importers } from "./registry.ts";

/** A known corpus among the files of a folder. */
export interface DetectedCorpus {
  readonly corpus: string;
  /** The files with its labels, where they are missing. */
  readonly missing?: string;
}

/**
 * Returns the known corpus whose names the files have, `undefined` when they have none's.
 * @throws UndertoneError `dataset-invalid` for files of several
 */
export async function detectCorpus(
  root: string,
  files: readonly string[],
): Promise<DetectedCorpus | undefined> {
  const candidates = Object.entries(importers)
    .map(([corpus, importer]) => ({ corpus, importer, count: countOf(importer, files) }))
    .filter(({ count }) => count > 0);
  const found: typeof candidates = [];
  const unlabeled: (DetectedCorpus & { count: number })[] = [];
  for (const candidate of candidates) {
    const { corpus, importer, count } = candidate;
    if ("readName" in importer || (await textFiles(root, importer.labelFiles)).length > 0) {
      found.push(candidate);
    } else unlabeled.push({ corpus, missing: importer.labelFilesName, count });
  }
  if (found.length > 1) {
    const parts = found.map(({ corpus, count }) => `${corpus} (${count})`).join(", ");
    const remedy = "Name the folder of one of them, or choose one with --corpus NAME.";
    throw new UndertoneError("dataset-invalid", `${root}: holds files of ${parts}. ${remedy}`);
  }
  const [corpus] = found;
  // Of a few files with such names among others nothing is said.
  return corpus ?? unlabeled.find(({ count }) => count > files.length / 2);
}

const countOf = (importer: Importer, files: readonly string[]): number =>
  files.filter((file) =>
    "readName" in importer ? importer.readName(file) : importer.idOf(file) !== undefined,
  ).length;

/**
 * Reads the clips of a known corpus by their names, or by its files with labels, each once.
 * @throws UndertoneError `usage` for an unknown corpus, `dataset-invalid` when no clip is left or the labels are missing
 */
export async function readNamedCorpus(
  corpus: string,
  files: readonly string[],
  { root, keepDefects = false }: { readonly root: string; readonly keepDefects?: boolean },
): Promise<{ readonly clips: Clip[] } & ReadingNotes> {
  const importer = Object.hasOwn(importers, corpus) ? importers[corpus] : undefined;
  if (!importer) {
    const known = Object.keys(importers).join(", ");
    throw new UndertoneError("usage", `No corpus is named ${corpus}. Known: ${known}.`);
  }
  const readName =
    "readName" in importer
      ? await namesWithDetails(root, importer)
      : await namesWithLabels(root, { corpus, importer });
  const { clips, omissions } = readNames(readName, files, { root, keepDefects });
  const leftOut = omissions.list();
  if (clips.length === 0) {
    const parts = noteLines({ leftOut, warnings: [] }).join(". ") || "It has no audio files";
    throw new UndertoneError(
      "dataset-invalid",
      `${root}: no clip of ${corpus} is usable. ${parts}.`,
    );
  }
  return { clips, leftOut, warnings: [] };
}

type ReadName = (path: string) => NamedClip | Omission | undefined;

async function namesWithDetails(
  root: string,
  { readName, details }: Extract<Importer, { readName: unknown }>,
): Promise<ReadName> {
  if (!details) return readName;
  const files = await textFiles(root, details.files);
  const detailsOf: (clip: NamedClip) => ClipDetails = details.read(files);
  return (path) => {
    const named = readName(path);
    return named && "id" in named ? { ...named, ...detailsOf(named) } : named;
  };
}

async function namesWithLabels(
  root: string,
  { corpus, importer }: { readonly corpus: string; readonly importer: AnnotatedImporter },
): Promise<ReadName> {
  const files = await textFiles(root, importer.labelFiles);
  if (files.length === 0) {
    throw new UndertoneError(
      "dataset-invalid",
      `${root}: has no ${importer.labelFilesName}, which holds the labels of ${corpus}. ` +
        "Name the folder that has both the sounds and these files.",
    );
  }
  const labels = importer.readLabels(files);
  return (path) => {
    const id = importer.idOf(path);
    return id === undefined ? undefined : (labels.get(id) ?? { omitted: noLabel });
  };
}

/** The files of these paths below a folder; where it has none, those at most two folders below the one above. */
async function textFiles(root: string, names: RegExp): Promise<TextFile[]> {
  const accept = (path: string): boolean => names.test(path);
  const inside = (await listFiles(root, { accept })).map((path) => join(root, path));
  const above = dirname(root);
  const paths =
    inside.length > 0
      ? inside
      : // What cannot be looked at there is not the corpus's.
        (await listFiles(above, { accept, maxDepth: 1 }).catch(() => [])).map((path) =>
          join(above, path),
        );
  return Promise.all(
    paths.map(async (path) => {
      const bytes = await readFile(path).catch((error: unknown) => {
        throw fileError(path, error);
      });
      return { path, bytes };
    }),
  );
}

const noLabel = "no label";

function readNames(
  readName: ReadName,
  files: readonly string[],
  { root, keepDefects }: { readonly root: string; readonly keepDefects: boolean },
): { readonly clips: Clip[]; readonly omissions: Omissions } {
  const clips = new Map<string, Clip>();
  const omissions = new Omissions();
  const originalsFirst = files.toSorted((a, b) => Number(isCopyName(a)) - Number(isCopyName(b)));
  for (const file of originalsFirst) {
    const named = readName(file);
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
