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
};

/** A request that the server does not answer, whatever its content. */
export class Refusal extends HTTPException {
  readonly code: RefusalCode;

  constructor(code: RefusalCode, message: string) {
    super(statuses[code], { message });
    this.code = code;
  }
}
