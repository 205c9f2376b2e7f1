import { readdir, stat } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { dimensionNames } from "../shared/dimensions.ts";
import { UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";
import { listAudioFiles } from "./corpus-files.ts";
import type { FolderLayout } from "./importers/class-folders.ts";
import { joinCorpora, nameIn } from "./join-corpora.ts";
import type { LabelMap } from "./label-map.ts";
import { lfsPointersAmong } from "./lfs-pointers.ts";
import { corporaIn, type Manifest, type Utterance } from "./manifest.ts";
import { lfsPointerReason, type ReadingNotes } from "./omissions.ts";
import { speakerWarnings } from "./speaker-warnings.ts";
import { isTableName, readHeader, tableNameOf } from "./table.ts";
import type { NamedColumns } from "./table-columns.ts";

/** A corpus of recordings, and what reading it left out or could not know. */
export interface Corpus extends Manifest, ReadingNotes {}

/** How to read a corpus that does not tell by itself. */
export interface CorpusOptions {
  /** One of the known corpora, for a folder that holds several. */
  readonly corpus?: string | undefined;
  /** Columns of a table that has other names than the usual. */
  readonly columns?: NamedColumns | undefined;
  /** The folders above each file where their names do not tell: `speaker/label`. */
  readonly layout?: string | undefined;
  /** Finds the speaker of each clip in its path, as its first group. */
  readonly speakerFrom?: RegExp | undefined;
  /** Labels and what each is read as. */
  readonly map?: LabelMap | undefined;
}

export interface ReadCorpusOptions extends CorpusOptions {
  /** Keeps recordings that are known to be bad, for looking at them. */
  readonly keepDefects?: boolean;
}

/**
 * Reads a corpus from a folder of files with the names of a known corpus, from a CSV or JSON Lines table (given itself, or the
 * only one in a folder), or from a folder for each label. No audio is decoded.
 * @throws UndertoneError `dataset-invalid`, `file-not-found`, `file-unreadable` or `usage`
 * @example
 * ```ts
 * import { readCorpus } from "undertone/train";
 *
 * const { clips, leftOut, warnings } = await readCorpus("corpus");
 * const count = clips.length; // → 80
 * ```
 */
export async function readCorpus(root: string, options: ReadCorpusOptions = {}): Promise<Corpus> {
  const path = resolve(root);
  const info = await stat(path).catch((error: unknown) => {
    throw fileError(path, error);
  });
  const read = info.isFile() ? await readTable(path, options) : await readFolder(path, options);
  const found = await withSpeakers(await withoutPointers(read), options.speakerFrom);
  const areSeveral = corporaIn(found).length > 1;
  const clips = found.clips.map((clip) => {
    const { corpus = read.corpus, speakerId } = clip;
    return { ...clip, corpus, speakerId: areSeveral ? nameIn(corpus, speakerId) : speakerId };
  });
  const corpus = { ...found, clips, warnings: [...speakerWarnings(found), ...found.warnings] };
  return withLabelMap(corpus, options.map);
}

async function withSpeakers(corpus: Corpus, pattern: RegExp | undefined): Promise<Corpus> {
  if (pattern === undefined) return corpus;
  const { withSpeakersFrom } = await import("./speaker-pattern.ts");
  return withSpeakersFrom(corpus, pattern);
}

/** Returns a corpus with its labels mapped. @throws UndertoneError `usage` for a mapped label that no clip has */
export async function withLabelMap<M extends Manifest<Utterance> & ReadingNotes>(
  corpus: M,
  map: LabelMap | undefined,
): Promise<M> {
  if (map === undefined) return corpus;
  const { assertMapped, mapLabels } = await import("./label-map.ts");
  assertMapped(corpus, map);
  return mapLabels(corpus, map);
}

/** @throws UndertoneError `dataset-invalid` where nothing else is there */
async function withoutPointers(corpus: Corpus): Promise<Corpus> {
  const pointers = await lfsPointersAmong(corpus.clips);
  if (pointers.size === 0) return corpus;
  if (pointers.size === corpus.clips.length) {
    const problem = `its ${pointers.size} files are Git LFS pointers, no sounds. Run git lfs pull in that folder.`;
    throw new UndertoneError("dataset-invalid", `${corpus.root}: ${problem}`);
  }
  const examples = [...pointers].slice(0, 3).map(({ id }) => id);
  return {
    ...corpus,
    clips: corpus.clips.filter((clip) => !pointers.has(clip)),
    leftOut: [...corpus.leftOut, { reason: lfsPointerReason, count: pointers.size, examples }],
  };
}

/**
 * Reads several corpora as one, whose ids and speakers have the corpus before them: `crema-d/1001`.
 * @throws UndertoneError as `readCorpus`, and `dataset-invalid` for two corpora of one name
 * @example
 * ```ts
 * import { readCorpora } from "undertone/train";
 *
 * const { clips } = await readCorpora(["corpus"]);
 * const corpus = clips[0]?.corpus; // → "synthetic"
 * ```
 */
export async function readCorpora(
  roots: readonly string[],
  options: ReadCorpusOptions = {},
): Promise<Corpus> {
  const { map, ...unmapped } = options;
  const [first, ...others] = await Promise.all(roots.map((root) => readCorpus(root, unmapped)));
  if (!first) throw new RangeError("readCorpora: expected at least one folder or table, got none");
  return withLabelMap(joinCorpora([first, ...others]), map);
}

const without = (tables: readonly string[], table: string): string[] =>
  tables.filter((each) => each !== table);

async function readTable(
  path: string,
  options: CorpusOptions,
  beside: readonly string[] = [],
): Promise<Corpus> {
  if (!isTableName(path)) {
    const problem = "neither a folder nor a table. Give a folder, or a .csv, .tsv or .jsonl file.";
    throw new UndertoneError("dataset-invalid", `${path}: ${problem}`);
  }
  const { readTableCorpus } = await import("./importers/table.ts");
  const read = await readTableCorpus(path, { ...options, beside });
  if (read.clips.length === 0) {
    throw new UndertoneError("dataset-invalid", `${path}: no row has a label.`);
  }
  return { corpus: tableNameOf(path), root: path, ...read };
}

async function readFolder(root: string, options: ReadCorpusOptions): Promise<Corpus> {
  const files = await listAudioFiles(root);
  if (options.layout !== undefined) return readLayout(root, files, options.layout);
  const { detectCorpus, readNamedCorpus } = await import("./importers/named-corpus.ts");
  const detected =
    options.corpus === undefined
      ? await detectCorpus(root, files)
      : { corpus: options.corpus, missing: undefined };
  const named = async (corpus: string): Promise<Corpus> => ({
    corpus,
    root,
    ...(await readNamedCorpus(corpus, files, { ...options, root })),
  });
  if (detected && detected.missing === undefined) return named(detected.corpus);
  const { detectLayout } = await import("./importers/class-folders.ts");
  const tables = (await readdir(root)).filter(isTableName).map((name) => join(root, name));
  const layout = detectLayout(files);
  const [table, ...others] = await tablesOfClips(tables, options.columns);
  if (table !== undefined && others.length === 0) {
    return readTable(table, options, without(tables, table));
  }
  if (tables.length === 1 && !layout) return readTable(tables[0]!, options);
  if (layout !== undefined) return readLayout(root, files, layout);
  if (detected) return named(detected.corpus); // says which files are missing
  throw new UndertoneError("dataset-invalid", `${root}: ${unknownProblem(files, tables)}`);
}

async function readLayout(
  root: string,
  files: readonly string[],
  layout: string | FolderLayout,
): Promise<Corpus> {
  const { parseLayout, readClassFolders } = await import("./importers/class-folders.ts");
  const folders = typeof layout === "string" ? parseLayout(layout) : layout;
  return { corpus: basename(root), root, ...(await readClassFolders(root, files, folders)) };
}

/**
 * Those of several tables that have columns for path, and for label or dimensions: audformat has others with speakers and
 * durations beside them.
 */
async function tablesOfClips(
  tables: readonly string[],
  named: NamedColumns = {},
): Promise<string[]> {
  const { TableColumns } = await import("./table-columns.ts");
  const found: string[] = [];
  for (const table of tables) {
    const header = await readHeader(table).catch((): string[] => []); // is named when it is the one to read
    const columns = new TableColumns(table, header);
    const has = (role: keyof NamedColumns): boolean =>
      header.includes(named[role] ?? "") || columns.has(role);
    if (has("path") && ["label" as const, ...dimensionNames].some(has)) found.push(table);
  }
  return found;
}

function unknownProblem(files: readonly string[], tables: readonly string[]): string {
  if (tables.length > 1) return `holds ${tables.length} tables. Name the one to read.`;
  if (files.length === 0)
    return "holds no audio files. Name a corpus's folder, or a table of clips.";
  return (
    `none of its ${files.length} audio files has a name of a known corpus, and its folders do not name labels clearly. ` +
    "Say what the folders above each file are with --layout (such as speaker/label), or name a CSV or JSON Lines file " +
    "with columns for path, label and speaker."
  );
}
