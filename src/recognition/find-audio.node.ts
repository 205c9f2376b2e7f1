import { readdir, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { audioExtensions, endingOf, isAudioName } from "../audio/extensions.ts";
import type { Section } from "../audio/section.ts";
import { UndertoneError, type ErrorCode } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";

/** Why a file has no result; `internal` is an error of the program itself. */
export interface Failure {
  readonly code: ErrorCode | "internal";
  readonly message: string;
}

/** A file to analyze. Path, size and time together say whether it has changed. */
export interface FoundFile {
  /** Absolute; for a part of a recording with its seconds, as in `/calls/a.wav#t=10,20.5`. */
  readonly file: string;
  readonly sizeBytes: number;
  readonly modifiedMs: number;
  /** The part that is meant; the whole recording where there is none. */
  readonly section?: Section;
  /** Set when it cannot even be looked at. */
  readonly error?: Failure;
}

/** Returns the path of the recording. */
export function pathOf({ file, section }: Pick<FoundFile, "file" | "section">): string {
  return section ? file.slice(0, file.lastIndexOf("#t=")) : file;
}

function failed(file: string, { code, message }: UndertoneError): FoundFile {
  return { file, sizeBytes: 0, modifiedMs: 0, error: { code, message } };
}

async function look(path: string): Promise<FoundFile | "folder"> {
  try {
    const stats = await stat(path);
    if (stats.isDirectory()) return "folder";
    if (!stats.isFile()) {
      const message = `${path}: is neither a file nor a folder.`;
      return failed(path, new UndertoneError("file-unreadable", message));
    }
    return { file: path, sizeBytes: stats.size, modifiedMs: Math.floor(stats.mtimeMs) };
  } catch (error) {
    return failed(path, fileError(path, error));
  }
}

/** Looks at one file; a folder in its place is an error of it. */
export async function lookAtFile(path: string): Promise<FoundFile> {
  const seen = await look(path);
  if (seen !== "folder") return seen;
  const message = `${path}: is a folder, not a file.`;
  return failed(path, new UndertoneError("file-unreadable", message));
}

/** Node reads names as UTF-8 and finds no file by what it made of other bytes. */
function misnamed(path: string): FoundFile {
  const message = `${path}: its name is not UTF-8. Rename it.`;
  return failed(path, new UndertoneError("file-unreadable", message));
}

/** What was found in folders so far. */
interface Search {
  readonly visited: Set<string>;
  readonly ignored: Map<string, number>;
}

async function walk(folder: string, search: Search): Promise<FoundFile[]> {
  const { visited, ignored } = search;
  try {
    const { dev, ino } = await stat(folder, { bigint: true });
    if (visited.has(`${dev}:${ino}`)) return [];
    visited.add(`${dev}:${ino}`);
    const names = (await readdir(folder)).filter((name) => !name.startsWith("."));
    const found: FoundFile[] = [];
    for (const name of names.toSorted()) {
      const path = join(folder, name);
      const seen = await look(path);
      // More than a function takes as arguments.
      if (seen === "folder") for (const each of await walk(path, search)) found.push(each);
      else if (isAudioName(name)) {
        found.push(seen.error && name.includes("\u{FFFD}") ? misnamed(path) : seen);
      } else ignored.set(endingOf(name), (ignored.get(endingOf(name)) ?? 0) + 1);
    }
    return found;
  } catch (error) {
    return [failed(folder, fileError(folder, error))];
  }
}

/** The files to analyze, and how many others the folders hold. */
export interface FoundAudio {
  readonly files: readonly FoundFile[];
  /** By ending, such as ".txt"; "" for none. */
  readonly ignored: Readonly<Record<string, number>>;
}

/**
 * The files that the paths name: each file itself, and every sound file below each folder by its
 * extension, in the order of names, hidden ones left out, each once. Links are followed, loops are not.
 * What cannot be read, and a folder without sound files, is listed with its error.
 * @throws UndertoneError `usage` for an empty path, which would stand for the current folder
 */
export async function findAudioFiles(paths: readonly string[]): Promise<FoundAudio> {
  if (paths.includes("")) throw new UndertoneError("usage", "No path given: one is empty.");
  const found = new Map<string, FoundFile>();
  const search: Search = { visited: new Set(), ignored: new Map() };
  const { visited } = search;
  for (const path of paths.map((given) => resolve(given))) {
    const seen = await look(path);
    if (seen !== "folder") {
      found.set(path, seen);
      continue;
    }
    const visitedBefore = visited.size;
    const below = await walk(path, search);
    if (below.length === 0 && visited.size > visitedBefore) {
      const message = `${path}: holds no sound files (${audioExtensions.join(" ")}).`;
      found.set(path, failed(path, new UndertoneError("file-not-found", message)));
    }
    for (const file of below) found.set(file.file, file);
  }
  const ignored = [...search.ignored].toSorted(([, a], [, b]) => b - a);
  return { files: [...found.values()], ignored: Object.fromEntries(ignored) };
}

/** Returns one line about the files that were not looked at; `undefined` where there are none. */
export function describeIgnored({ ignored }: FoundAudio): string | undefined {
  const counts = Object.entries(ignored).map(
    ([ending, count]) => `${count} ${ending === "" ? "without an ending" : ending}`,
  );
  return counts.length > 0 ? `Not looked at, by ending: ${counts.join(", ")}.` : undefined;
}
