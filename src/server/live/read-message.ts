import { z } from "@hono/zod-openapi";
import { ProtocolError } from "./protocol-error.ts";

/** Returns a JSON message by its schema. @throws ProtocolError `malformed` naming each wrong field */
export function readMessage<T>(schema: z.ZodType<T>, text: string): T {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch (cause) {
    throw new ProtocolError("malformed", "A text message must be JSON.", { cause });
  }
  const { data, error } = schema.safeParse(content);
  if (error) throw new ProtocolError("malformed", z.prettifyError(error), { cause: error });
  return data;
}
