/** Where a room reports what a person may want to read. The doors (command line, server) supply it. */
export interface Logger {
  info(message: string): void;
  warn(message: string): void;
}

/** Long work under way: `done` of `total` items (`undefined` when unknown), with facts to show beside it. */
export interface Progress {
  readonly label: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly unit: string;
  /** A part of work that reports its own progress: a second bar, and no lines of its own. */
  readonly nested?: boolean;
  readonly facts?: Readonly<Record<string, string>>;
}

export type ProgressListener = (progress: Progress) => void;
