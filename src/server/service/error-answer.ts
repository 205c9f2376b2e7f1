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

/** Answers with what went wrong. Of an error of the program itself only the log has more. */
export function errorAnswer(
  error: unknown,
  context: Context<ServiceEnv>,
  { log }: Pick<Service, "log">,
): Response {
  const { status, body } = apiError(error);
  const { code, message } = body.error;
  const isInternal = code === "internal";
  if (isInternal) {
    const stack = error instanceof Error ? error.stack : String(error);
    log("error", "internal-error", { requestId: context.get("requestId"), stack });
  }
  if (error instanceof Refusal && error.retryAfterSec !== undefined) {
    context.header("retry-after", String(error.retryAfterSec));
  }
  const answer: z.infer<typeof errorSchema> = {
    error: {
      message: isInternal ? "An error in undertone itself; its log has it." : message,
      type:
        status === 429
          ? "rate_limit_error"
          : status >= 500
            ? "server_error"
            : "invalid_request_error",
      param: null,
      code,
    },
  };
  return context.json(answer, status);
}
