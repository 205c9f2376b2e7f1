/** What one server takes on at most. Each limit is an option of `undertone serve`. */
export interface Limits {
  /** Bytes of the body of one request. */
  readonly maxUploadBytes: number;
  /** Bytes of all recordings that the server keeps at once. */
  readonly maxDiskBytes: number;
  /** Seconds of one recording. */
  readonly maxDurationSec: number;
  /** Seconds of work on one recording, from when a worker begins. */
  readonly timeoutSec: number;
  /** Recordings that wait for a worker; requests beyond are answered with 429. */
  readonly maxWaiting: number;
  /** Requests of one token in a minute. */
  readonly requestsPerMin: number;
  /** Seconds in which a client sends nothing of a body that it began, and those that it has for its headers. */
  readonly idleSec: number;
  /** Live streams at once. */
  readonly maxStreams: number;
  /** Files and URLs of one job. */
  readonly maxJobFiles: number;
  /** Jobs that are kept at once, done or not. */
  readonly maxJobs: number;
  /** Hours for which a finished job is kept. */
  readonly keepHours: number;
}

export const defaultLimits: Limits = {
  maxUploadBytes: 256e6,
  maxDiskBytes: 20e9,
  maxDurationSec: 4 * 3600,
  timeoutSec: 1800,
  maxWaiting: 128,
  requestsPerMin: 600,
  idleSec: 30,
  maxStreams: 64,
  maxJobFiles: 1000,
  maxJobs: 1000,
  keepHours: 24,
};
