import { z } from "@hono/zod-openapi";
import { errorSchema } from "./error-answer.ts";

/** A recording in a form, or as a body. */
export const fileSchema = z.string().openapi({
  type: "string",
  format: "binary",
  description: "A sound or video file of any supported format",
});

const failures = {
  400: "The form or a field is wrong",
  401: "No token, or a wrong one",
  404: "There is no such model or job",
  408: "The client sent nothing for too long",
  413: "The body or the recording is too large",
  415: "A body of this type is not taken",
  422: "The recording cannot be analyzed",
  429: "Too many requests, or all workers are busy: see Retry-After",
  500: "An error in undertone itself",
  503: "The server stops",
  504: "The recording took too much work",
} as const;

const error = { "application/json": { schema: errorSchema } };

/** Returns the answers of a route: what it gives, and each failure. */
export function answers(
  content: Readonly<Record<string, { readonly schema: z.ZodType }>>,
  description: string,
) {
  return {
    200: { description, content },
    ...Object.fromEntries(
      Object.entries(failures).map(([status, why]) => [
        status,
        { description: why, content: error },
      ]),
    ),
  };
}
