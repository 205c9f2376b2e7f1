import type { ProgressListener } from "../shared/logger.ts";
import type { PinnedFile } from "../shared/published-files.ts";
import type { HttpOptions } from "./http.ts";

/** Environment variables; `process.env` is one set of them. */
export type Environment = Readonly<Record<string, string | undefined>>;

export interface FetchOptions extends HttpOptions {
  readonly env: Environment;
  readonly onProgress?: ProgressListener | undefined;
}

/** A place that has all of a model's files. */
export interface Source {
  /** As a person knows it. */
  readonly name: string;
  /**
   * Puts files below `folder`, which is there, at their paths. What was begun there stays for a later call to go on with;
   * whoever calls checks what the files hold.
   * @throws UndertoneError, `network-failed` where another source may do better
   */
  fetch(files: readonly PinnedFile[], folder: string, options: FetchOptions): Promise<void>;
}

/** Where a source keeps what we keep at `path`. */
export type PathOf = (path: string) => string;
