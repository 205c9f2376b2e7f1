import type { Clip, Sex } from "../manifest.ts";

/** A clip as its file's name or a file with labels describes it. `defect` is why a known bad recording must not be scored. */
export interface NamedClip extends Omit<Clip, "path"> {
  readonly defect?: string;
}

/** A file that belongs to the corpus but not among its clips. */
export interface Omission {
  readonly omitted: string;
}

/** A corpus whose file names carry its labels. */
export interface NamedImporter {
  /**
   * Reads one file's path, relative to the corpus's root with `/` between folders.
   * Returns `undefined` for a name of another corpus.
   */
  readonly readName: (path: string) => NamedClip | Omission | undefined;
  /** Files beside the sounds with further facts of clips. */
  readonly details?: {
    readonly files: RegExp;
    readonly read: (files: readonly TextFile[]) => (clip: NamedClip) => ClipDetails;
  };
}

/** A corpus whose labels are in files beside its sounds. */
export interface AnnotatedImporter {
  /** Returns the clip that a sound's path is of; `undefined` for a name of another corpus. */
  readonly idOf: (path: string) => string | undefined;
  /** Paths of the files with labels. */
  readonly labelFiles: RegExp;
  /** The same for people. */
  readonly labelFilesName: string;
  readonly readLabels: (files: readonly TextFile[]) => ReadonlyMap<string, NamedClip | Omission>;
}

export type Importer = NamedImporter | AnnotatedImporter;

/** A file that is no sound. `path` is for messages. */
export interface TextFile {
  readonly path: string;
  readonly bytes: Uint8Array;
}

export type ClipDetails = Pick<Clip, "sex" | "transcript">;

/** What browsers, file managers and resampling scripts append to a name: ` (1)`, ` - Copy`, `_16k`. */
const appended = /(?: ?\(\d+\)| - copy| copy|[_-](?:16k(?:hz)?|16000|mono))+$/i;

/** Whether a path has what tools append to the name of a copy. */
export function isCopyName(path: string): boolean {
  return appended.test(path.replace(/\.[^./]*$/, ""));
}

/** Returns a path's last part without its extension and what tools append: `Actor_01/03-01 (1).wav` gives `03-01`. */
export function stemOf(path: string): string {
  return path
    .slice(path.lastIndexOf("/") + 1)
    .replace(/\.[^.]*$/, "")
    .replace(appended, "");
}

/** Returns the sex that a word names; of other words it is unknown. */
export function parseSex(word: string): Sex | undefined {
  if (/^(?:f|female|w|woman|weiblich)$/i.test(word)) return "female";
  return /^(?:m|male|man|männlich)$/i.test(word) ? "male" : undefined;
}
