import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { RefusalCode } from "./api.ts";

const statuses: Readonly<Record<RefusalCode, ContentfulStatusCode>> = {
  "token-missing": 401,
  "wrong-host": 403,
  "wrong-origin": 403,
  "not-found": 404,
  "method-not-allowed": 405,
  "body-invalid": 400,
  "body-too-large": 413,
  "body-too-slow": 408,
  "body-cut-short": 400,
  "media-type-unsupported": 415,
  "model-unknown": 404,
  "url-refused": 403,
  "idempotency-conflict": 409,
  "rate-limited": 429,
  overloaded: 429,
  timeout: 504,
  closing: 503,
};

/** A request that the server does not answer, whatever its content. */
export class Refusal extends HTTPException {
  readonly code: RefusalCode;
  /** Seconds after which the request may be answered. */
  readonly retryAfterSec: number | undefined;

  constructor(
    code: RefusalCode,
    message: string,
    { retryAfterSec }: { readonly retryAfterSec?: number } = {},
  ) {
    super(statuses[code], { message });
    this.code = code;
    this.retryAfterSec = retryAfterSec;
  }
}
