import { z } from "zod";
import { Refusal } from "./refusal.ts";

/** Returns what a request gives, by its schema. @throws Refusal `body-invalid` naming each wrong field */
export function parsed<T>(schema: z.ZodType<T>, given: unknown): T {
  const { data, error } = schema.safeParse(given);
  if (error) throw new Refusal("body-invalid", z.prettifyError(error));
  return data;
}
