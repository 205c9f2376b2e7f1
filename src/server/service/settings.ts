import { z } from "@hono/zod-openapi";
import { channelModes } from "../../audio/channels.ts";
import { references, sensitivities } from "../../recognition/reference-options.ts";
import type { RecognitionSettings } from "../../recognition/worker-process.node.ts";
import { parsed } from "../parsed.ts";
import { Refusal } from "../refusal.ts";
import type { Received } from "./uploads/receive.ts";

/** A form has words for truth values. */
export const flag = z
  .preprocess((given) => ({ true: true, false: false })[String(given)] ?? given, z.boolean())
  .openapi({ type: "boolean" });

const names = z.array(z.string().min(1).max(100)).max(100);

export const languageSchema = z
  .string()
  .regex(/^[a-z]{2,3}$/)
  .describe("Code of the spoken language, such as en; by default it is detected");

/** How a recording is analyzed: the options of `undertone analyze`. */
export const settingsSchema = z
  .strictObject({
    language: languageSchema,
    channels: z.enum(channelModes).describe("Channels to take; split has a speaker in each"),
    track: z.coerce.number().int().min(1).describe("Audio track of a video, from 1"),
    roles: names.describe("Names of the speakers, in the order of their channels or first words"),
    only: names.describe("Speakers to analyze; all others are left out"),
    diarize: flag.describe("Tell speakers of one channel apart"),
    speakers: z.coerce.number().int().min(1).max(100).describe("How many speak"),
    min_confidence: z.coerce.number().min(0).max(1).describe('Report "unsure" below it'),
    max_ood: z.coerce.number().min(0).max(1).describe("Report no emotion above this OOD score"),
    reference: z.enum(references).describe("What a voice is held against"),
    sensitivity: z.enum(sensitivities).describe("How readily emotions are reported"),
  })
  .partial()
  .openapi("Settings");

export type Settings = z.infer<typeof settingsSchema>;

/** Returns settings as a worker takes them. */
export function recognitionOf(settings: Settings): RecognitionSettings {
  const { min_confidence: minConfidence, max_ood: maxOodScore, ...rest } = settings;
  return { ...rest, minConfidence, maxOodScore };
}

const lists: readonly string[] = ["roles", "only", "timestamp_granularities", "urls"];

/** Returns the fields of a form by a schema. @throws Refusal `body-invalid` naming each wrong field */
export function formOf<T>(schema: z.ZodType<T>, { fields }: Pick<Received, "fields">): T {
  const given = [...fields].map(([name, values]) => {
    if (lists.includes(name)) return [name, values];
    if (values.length > 1) throw new Refusal("body-invalid", `${name}: give it once.`);
    return [name, values[0]];
  });
  return parsed(schema, Object.fromEntries(given));
}
