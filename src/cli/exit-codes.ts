import type { ErrorCode } from "../shared/errors.ts";

/** What the process returns for each error; 0 is success and 1 an error of the program itself. */
export const exitCodes: Readonly<Record<ErrorCode, number>> = {
  usage: 2,
  "file-not-found": 3,
  "file-unreadable": 4,
  "audio-unsupported": 5,
  "audio-corrupt": 6,
  "audio-empty": 7,
  "dataset-invalid": 8,
  "split-leaks": 9,
  "recipe-invalid": 10,
  "run-invalid": 11,
  "checkpoint-invalid": 12,
  "model-invalid": 13,
  "training-diverged": 14,
  "credentials-missing": 15,
  "network-failed": 16,
  "checksum-mismatch": 17,
  "disk-full": 18,
  busy: 19,
  "some-failed": 20,
  cancelled: 130,
};
