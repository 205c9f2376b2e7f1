/** Sink for messages to the user, supplied by the command line or the server. */
export interface Logger {
  info(message: string): void;
  warn(message: string): void;
}

/** Progress of a long operation: `done` of `total` items (`undefined` when unknown), with facts to display. */
export interface Progress {
  readonly label: string;
  readonly done: number;
  readonly total: number | undefined;
  readonly unit: string;
  /** Whether it is part of another operation, and displayed as a second bar. */
  readonly nested?: boolean;
  readonly facts?: Readonly<Record<string, string>>;
}

/** Receives the progress of an operation. */
export type ProgressListener = (progress: Progress) => void;
