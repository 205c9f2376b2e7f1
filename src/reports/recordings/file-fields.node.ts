import { basename } from "node:path";
import { UndertoneError } from "../../shared/errors.ts";
import { readMetadata, type Metadata } from "./metadata.node.ts";
import { parseNamePattern, type NamePattern } from "./name-pattern.ts";
import { isOwnColumn } from "./summary-table.ts";

/** What is known of recordings beside their sound. */
export interface FileFields {
  readonly names: readonly string[];
  /** Returns a value for each name; empty where it is not known. */
  of(file: string): readonly string[];
  /** What did not match, in sentences. */
  readonly warnings: readonly string[];
}

interface FieldOptions {
  /** @see parseNamePattern */
  readonly namePattern?: string | undefined;
  /** Path of a table. @see readMetadata */
  readonly metadata?: string | undefined;
  readonly files: readonly string[];
}

/**
 * Returns the fields of files by their names and by a table; a column of the table that has the name of another one gets
 * "meta_" before it.
 * @throws UndertoneError `usage` for a pattern without fields or with the name of a column, and as `readMetadata`
 */
export async function openFileFields(options: FieldOptions): Promise<FileFields> {
  const { namePattern, metadata, files } = options;
  const pattern = namePattern === undefined ? undefined : parseNamePattern(namePattern);
  const table = metadata === undefined ? undefined : await readMetadata(metadata);
  const ofPattern = pattern?.names ?? [];
  const taken = ofPattern.find(isOwnColumn);
  if (taken !== undefined) {
    const message = `--name-pattern: the summary has a column "${taken}" of its own. Choose another name.`;
    throw new UndertoneError("usage", message);
  }
  const ofTable = renamed(table?.names ?? [], ofPattern);
  return {
    names: [...ofPattern, ...ofTable],
    of: (file) => [
      ...(pattern?.match(file) ?? emptyOf(ofPattern)),
      ...(table?.match(file) ?? emptyOf(ofTable)),
    ],
    warnings: [
      ...(pattern ? patternWarnings(pattern, files) : []),
      ...(table ? tableWarnings(table, files) : []),
    ],
  };
}

/** Returns the columns of a table, with "meta_" before those that the summary or the pattern has, until no two are the same. */
function renamed(columns: readonly string[], ofPattern: readonly string[]): string[] {
  const isTaken = (name: string): boolean => isOwnColumn(name) || ofPattern.includes(name);
  const used = new Set(columns.filter((name) => !isTaken(name)));
  return columns.map((column) => {
    if (!isTaken(column)) return column;
    let name = `meta_${column}`;
    while (isTaken(name) || used.has(name)) name = `meta_${name}`;
    used.add(name);
    return name;
  });
}

const emptyOf = (names: readonly string[]): string[] => names.map(() => "");

const mostNamed = 3;

function patternWarnings(pattern: NamePattern, files: readonly string[]): string[] {
  const others = files.filter((file) => pattern.match(file) === undefined);
  return others.length === 0
    ? []
    : [`${others.length} of ${files.length} files do not match --name-pattern: ${listOf(others)}.`];
}

function tableWarnings(table: Metadata, files: readonly string[]): string[] {
  const others = files.filter((file) => table.match(file) === undefined);
  const unused = table.unused(files);
  return [
    ...(others.length > 0
      ? [`${others.length} of ${files.length} files are not in --metadata: ${listOf(others)}.`]
      : []),
    ...(unused > 0 ? [`Rows of --metadata without a file: ${unused}.`] : []),
    ...(table.repeated > 0
      ? [`Rows of --metadata that repeat a file, of which the first counts: ${table.repeated}.`]
      : []),
  ];
}

function listOf(files: readonly string[]): string {
  const named = files.slice(0, mostNamed).map((file) => basename(file));
  const more = files.length - named.length;
  return more > 0 ? `${named.join(", ")} and ${more} more` : named.join(", ");
}
