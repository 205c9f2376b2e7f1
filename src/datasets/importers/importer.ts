import type { Clip, Sex } from "../manifest.ts";

/** A clip as its file's name describes it. `defect` is why a known bad recording must not be scored. */
export interface NamedClip extends Omit<Clip, "path"> {
  readonly defect?: string;
}

/** A file that belongs to the corpus but not among its clips. */
export interface Omission {
  readonly omitted: string;
}

/** A corpus whose file names carry its labels. */
export interface Importer {
  /**
   * Reads one file's path, relative to the corpus's root with `/` between folders.
   * Returns `undefined` for a name of another corpus.
   */
  readonly readName: (path: string) => NamedClip | Omission | undefined;
  /** Sex by speaker, for a corpus that keeps it in a file of its own. */
  readonly readSexes?: (root: string) => Promise<ReadonlyMap<string, Sex>>;
}

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
