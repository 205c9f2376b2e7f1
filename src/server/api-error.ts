import type { ContentfulStatusCode } from "hono/utils/http-status";
import { UndertoneError } from "../shared/errors.ts";
import type { ApiError } from "./api.ts";
import { httpStatuses } from "./http-status.ts";
import { Refusal } from "./refusal.ts";

interface Answer {
  readonly status: ContentfulStatusCode;
  readonly body: ApiError;
}

/** Returns what a failed request is answered with. Of an error of the program itself nothing but its name is told. */
export function apiError(error: unknown): Answer {
  if (error instanceof UndertoneError) {
    const { code, message } = error;
    return { status: httpStatuses[code], body: { error: { code, message } } };
  }
  if (error instanceof Refusal) {
    const { code, message } = error;
    return { status: error.status, body: { error: { code, message } } };
  }
  const message = `This is an error in undertone itself: ${String(error)}`;
  return { status: 500, body: { error: { code: "internal", message } } };
}
