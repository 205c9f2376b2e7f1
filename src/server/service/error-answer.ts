import type { Context } from "hono";
import { z } from "@hono/zod-openapi";
import { apiError } from "../api-error.ts";
import { Refusal } from "../refusal.ts";
import type { Service, ServiceEnv } from "./service.ts";

/** The body of every answer that is no success, as OpenAI's clients take it. */
export const errorSchema = z
  .object({
    error: z.object({
      message: z.string(),
      type: z.enum(["invalid_request_error", "rate_limit_error", "server_error"]),
      param: z.string().nullable(),
      code: z.string(),
    }),
  })
  .openapi("Error");

type ErrorBody = z.infer<typeof errorSchema>;

/** Returns what went wrong. Of an error of the program itself nothing is told. */
export function errorBody(error: unknown) {
  const { status, body } = apiError(error);
  const { code, message } = body.error;
  const type =
    status === 429 ? "rate_limit_error" : status >= 500 ? "server_error" : "invalid_request_error";
  const told: ErrorBody = {
    error: {
      message: code === "internal" ? "An error in undertone itself; its log has it." : message,
      type,
      param: null,
      code,
    },
  };
  return { status, body: told };
}

/** Answers with what went wrong, and logs an error of the program itself. */
export function errorAnswer(
  error: unknown,
  context: Context<ServiceEnv>,
  { log }: Pick<Service, "log">,
): Response {
  const { status, body } = errorBody(error);
  if (body.error.code === "internal") {
    const stack = error instanceof Error ? error.stack : String(error);
    log("error", "internal-error", { requestId: context.get("requestId"), stack });
  }
  if (error instanceof Refusal && error.retryAfterSec !== undefined) {
    context.header("retry-after", String(error.retryAfterSec));
  }
  return context.json(body, status);
}
