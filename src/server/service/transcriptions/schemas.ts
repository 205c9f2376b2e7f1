import { z } from "@hono/zod-openapi";
import { segmentSchema } from "../analysis-schema.ts";
import { fileSchema } from "../documented.ts";
import { flag, languageSchema } from "../settings.ts";

export const transcriptionFormats = [
  "json",
  "verbose_json",
  "text",
  "srt",
  "vtt",
  "diarized_json",
] as const;

/** How a form holds an object of OpenAI's in `chunking_strategy`. */
const chunkingFields = Object.fromEntries(
  ["type", "threshold", "prefix_padding_ms", "silence_duration_ms"].map((name) => [
    `chunking_strategy[${name}]`,
    z.string().optional().describe("Has no effect"),
  ]),
);

/** Fields of OpenAI's `audio/transcriptions` that mean something here, or that clients send by habit. */
export const transcriptionSchema = z
  .strictObject({
    model: z.string().max(200).describe("The audio model, the transcriber, or a name of OpenAI's"),
    language: languageSchema.optional(),
    response_format: z.enum(transcriptionFormats).default("json"),
    timestamp_granularities: z.array(z.enum(["word", "segment"])).default(["segment"]),
    stream: flag.default(false).describe("Answer with server-sent events"),
    diarize: flag.optional().describe("Tell speakers of one channel apart"),
    prompt: z.string().optional().describe("Has no effect"),
    temperature: z.coerce.number().optional().describe("Has no effect"),
    chunking_strategy: z.string().optional().describe("Has no effect: speech is always found"),
    ...chunkingFields,
  })
  .openapi("TranscriptionOptions");

export type TranscriptionOptions = z.infer<typeof transcriptionSchema>;

/** The form of a request. */
export const transcriptionFormSchema = transcriptionSchema.extend({ file: fileSchema });

/** What voice and words of a segment predict: OpenAI's clients ignore it. */
export const emotionSchema = segmentSchema
  .pick({
    confidence: true,
    probabilities: true,
    intensity: true,
    polarity: true,
    voice: true,
    words: true,
    disagree: true,
    oodScore: true,
    abstained: true,
  })
  .extend({ label: z.string() })
  .openapi("Emotion");

const usageSchema = z.object({ type: z.literal("duration"), seconds: z.number() });

const verboseSegmentSchema = z.object({
  id: z.number().int(),
  seek: z.number().int(),
  start: z.number(),
  end: z.number(),
  text: z.string(),
  tokens: z.array(z.number().int()).openapi({ description: "Always empty" }),
  temperature: z.number(),
  avg_logprob: z.number(),
  compression_ratio: z.number(),
  no_speech_prob: z.number().openapi({ description: "Always 0: pauses are no segments" }),
  speaker: z.string().optional(),
  emotion: emotionSchema,
});

const wordSchema = z
  .object({ word: z.string(), start: z.number(), end: z.number() })
  .openapi("Word", { description: "Its times are estimated by its share of the segment's text" });

export const plainSchema = z
  .object({ text: z.string(), usage: usageSchema })
  .openapi("Transcription");

export const verboseSchema = z
  .object({
    task: z.literal("transcribe"),
    language: z.string(),
    duration: z.number(),
    text: z.string(),
    segments: z.array(verboseSegmentSchema).optional(),
    words: z.array(wordSchema).optional(),
    usage: usageSchema,
    warnings: z.array(z.string()),
  })
  .openapi("VerboseTranscription");

export const diarizedSegmentSchema = z
  .object({
    type: z.literal("transcript.text.segment"),
    id: z.string(),
    start: z.number(),
    end: z.number(),
    speaker: z.string(),
    text: z.string(),
    emotion: emotionSchema,
  })
  .openapi("DiarizedSegment");

export const diarizedSchema = z
  .object({
    task: z.literal("transcribe"),
    duration: z.number(),
    text: z.string(),
    segments: z.array(diarizedSegmentSchema),
    usage: usageSchema,
    warnings: z.array(z.string()),
  })
  .openapi("DiarizedTranscription");
