import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";
import { listAudioFiles } from "./corpus-files.ts";
import type { Importer } from "./importers/importer.ts";
import { importers } from "./importers/registry.ts";
import { readTableCorpus } from "./importers/table.ts";
import type { Clip, LeftOut, Manifest } from "./manifest.ts";

export interface Corpus extends Manifest {
  readonly leftOut: readonly LeftOut[];
}

export interface ReadCorpusOptions {
  /** One of the known corpora, for a folder that holds several. */
  readonly corpus?: string | undefined;
  /** Keeps recordings that are known to be bad, for looking at them. */
  readonly keepDefects?: boolean;
}

const tableName = /\.(csv|jsonl|ndjson)$/i;

/**
 * Reads a corpus from a folder of files with one of the known corpora's names, or from a CSV or JSON
 * Lines table (named itself, or the only one in a folder of other names). No sound is decoded.
 * @throws UndertoneError `dataset-invalid`, `file-not-found`, `file-unreadable` or `usage`
 */
export async function readCorpus(root: string, options: ReadCorpusOptions = {}): Promise<Corpus> {
  const path = resolve(root);
  const info = await stat(path).catch((error: unknown) => {
    throw fileError(path, error);
  });
  if (info.isFile()) return readTable(path);
  const files = await listAudioFiles(path);
  const corpus = options.corpus ?? detectCorpus(path, files);
  if (corpus === undefined) return readTable(await findTable(path, files));
  const importer = Object.hasOwn(importers, corpus) ? importers[corpus] : undefined;
  if (!importer) {
    const known = Object.keys(importers).join(", ");
    throw new UndertoneError("usage", `No corpus is named ${corpus}. Known: ${known}.`);
  }
  const read = readNames(importer, files, { root: path, keepDefects: options.keepDefects });
  if (read.clips.length === 0) {
    throw new UndertoneError("dataset-invalid", `${path}: no clip has a name of ${corpus}.`);
  }
  const sexes = await importer.readSexes?.(path);
  const clips = read.clips.map((clip) => {
    const sex = sexes?.get(clip.speakerId);
    return sex ? { ...clip, sex } : clip;
  });
  return { corpus, root: path, clips, leftOut: read.leftOut };
}

async function readTable(path: string): Promise<Corpus> {
  if (!tableName.test(path)) {
    const problem = "neither a folder nor a table. Give a folder, or a .csv or .jsonl file.";
    throw new UndertoneError("dataset-invalid", `${path}: ${problem}`);
  }
  const read = await readTableCorpus(path);
  if (read.clips.length === 0) {
    throw new UndertoneError("dataset-invalid", `${path}: no row has a known emotion.`);
  }
  return { corpus: basename(path).replace(tableName, ""), root: path, ...read };
}

/** The corpus whose names the files have, or `undefined` when they have none's. */
function detectCorpus(root: string, files: readonly string[]): string | undefined {
  const found = Object.entries(importers)
    .map(([corpus, importer]) => ({
      corpus,
      count: files.filter((file) => importer.readName(file)).length,
    }))
    .filter(({ count }) => count > 0);
  if (found.length > 1) {
    const parts = found.map(({ corpus, count }) => `${corpus} (${count})`).join(", ");
    const remedy = "Name the folder of one of them, or choose one with --corpus.";
    throw new UndertoneError("dataset-invalid", `${root}: holds files of ${parts}. ${remedy}`);
  }
  return found[0]?.corpus;
}

async function findTable(root: string, files: readonly string[]): Promise<string> {
  const tables = (await readdir(root)).filter((name) => tableName.test(name));
  if (tables.length === 1) return join(root, tables[0]!);
  const what =
    files.length === 0
      ? "holds no audio files"
      : `none of its ${files.length} audio files has a name of ${Object.keys(importers).join(", ")}`;
  const remedy =
    tables.length > 1
      ? `It holds ${tables.length} tables: name the one to read.`
      : "Name a corpus's folder, or a CSV or JSON Lines file with path, emotion, speaker.";
  throw new UndertoneError("dataset-invalid", `${root}: ${what}. ${remedy}`);
}

function readNames(
  importer: Importer,
  files: readonly string[],
  { root, keepDefects }: { root: string; keepDefects: boolean | undefined },
): { clips: Clip[]; leftOut: LeftOut[] } {
  const clips = new Map<string, Clip>();
  const reasons = new Map<string, number>();
  const leaveOut = (reason: string): void => {
    reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  };
  for (const file of files) {
    const named = importer.readName(file);
    if (!named) {
      leaveOut("name not of this corpus");
    } else if ("omitted" in named) {
      leaveOut(named.omitted);
    } else if (clips.has(named.id)) {
      leaveOut("second copy of a clip"); // Kaggle's archives hold their folders twice
    } else {
      const { defect, ...clip } = named;
      if (defect !== undefined && !keepDefects) leaveOut(defect);
      else clips.set(named.id, { ...clip, path: join(root, file) });
    }
  }
  return {
    clips: [...clips.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    leftOut: [...reasons].map(([reason, count]) => ({ reason, count })),
  };
}
