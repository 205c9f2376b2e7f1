import { z } from "@hono/zod-openapi";
import { references, sensitivities } from "../../recognition/reference-options.ts";

const share = z.number().min(0).max(1);

/** How samples stand in frames: 16-bit whole numbers or 32-bit floats, both little-endian, or 8-bit µ-law. */
export const encodings = ["s16le", "f32le", "mulaw"] as const;

export type Encoding = (typeof encodings)[number];

/** Hz. */
export const sampleRateSchema = z.number().int().min(8000).max(192_000);

/** Seconds of sound from one update to the next. */
export const partialEverySchema = z.number().min(0.25).max(60);

/** How a stream is recognized. */
const settings = {
  language: z
    .string()
    .regex(/^[a-z]{2,3}$/)
    .optional(),
  min_confidence: share.optional(),
  max_ood: share.optional(),
  reference: z.enum(references).default("training").openapi({
    description:
      "What a voice is held against: with training, final segments are those of the same sound as a file; with recording, each is held against the speech before it",
  }),
  sensitivity: z.enum(sensitivities).optional(),
  partial_every_sec: partialEverySchema.default(1),
};

/** The first message of a client. */
const startSchema = z
  .strictObject({
    type: z.literal("start"),
    encoding: z.enum(encodings).default("s16le"),
    sample_rate: sampleRateSchema,
    ...settings,
  })
  .openapi("StreamStart");

/** After the last frame: the stream ends with what is still to be said. */
const finishSchema = z.strictObject({ type: z.literal("finish") }).openapi("StreamFinish");

/** What a client sends beside frames. */
export const clientMessageSchema = z.discriminatedUnion("type", [startSchema, finishSchema]);

const settingsSchema = z.strictObject(settings);

/** How a stream is recognized, as a client says it. */
export type StreamSettings = z.infer<typeof settingsSchema>;

/** Returns the settings of a client that says nothing of them. */
export const defaultSettings = (): StreamSettings => settingsSchema.parse({});
