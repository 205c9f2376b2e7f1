import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ErrorCode } from "../shared/errors.ts";

/** The HTTP status of each error. What is wrong on this machine's disk is 422: another request would not help. */
export const httpStatuses: Readonly<Record<ErrorCode, ContentfulStatusCode>> = {
  usage: 400,
  "file-not-found": 404,
  "file-unreadable": 422,
  "audio-unsupported": 422,
  "audio-corrupt": 422,
  "audio-empty": 422,
  "audio-too-large": 413,
  "audio-incomplete": 422,
  "dataset-invalid": 422,
  "split-leaks": 422,
  "recipe-invalid": 422,
  "run-invalid": 422,
  "checkpoint-invalid": 422,
  "model-invalid": 422,
  "training-diverged": 422,
  "credentials-missing": 403,
  "network-failed": 502,
  "checksum-mismatch": 502,
  "disk-full": 507,
  busy: 409,
  "some-failed": 422,
  closed: 503,
  cancelled: 503,
};
