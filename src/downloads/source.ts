import type { ProgressListener } from "../shared/logger.ts";
import type { PinnedFile } from "../shared/published-files.ts";
import type { HttpOptions } from "./http.ts";

/** Environment variables; `process.env` is one set of them. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface FetchOptions extends HttpOptions {
  readonly env: Environment;
  readonly onProgress?: ProgressListener | undefined;
}

/** A server or folder with all files of a model. */
export interface Source {
  /** Name in messages. */
  readonly name: string;
  /**
   * Downloads files to their paths below the existing `folder`. An interrupted download stays there, and the next call
   * resumes it; the caller verifies the files.
   * @throws UndertoneError, `network-failed` where another source may succeed
   */
  fetch(files: readonly PinnedFile[], folder: string, options: FetchOptions): Promise<void>;
}

/** Maps a path of the model store to the path at a source. */
export type PathOf = (path: string) => string;
