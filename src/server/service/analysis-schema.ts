import { z } from "@hono/zod-openapi";

const share = z.number().min(0).max(1);
const byLabel = z.record(z.string(), share);
const seconds = z.number().min(0);

const predictionSchema = z
  .strictObject({ emotion: z.string(), confidence: share, probabilities: byLabel })
  .openapi("Prediction", { description: "What one channel predicts" });

const textPredictionSchema = z
  .strictObject({ ...predictionSchema.shape, transcriptConfidence: share })
  .openapi("TextPrediction", { description: "The text model's prediction from the transcript" });

export const segmentSchema = z
  .strictObject({
    startSec: seconds,
    endSec: seconds,
    channel: z.number().int().nullable().openapi({ description: "From 1" }),
    speaker: z.string().nullable(),
    text: z.string(),
    language: z.string().nullable(),
    emotion: z.string().nullable().openapi({ description: "null where nobody speaks" }),
    confidence: share.nullable(),
    probabilities: byLabel.nullable(),
    intensity: share.nullable(),
    polarity: z.strictObject({ negative: share, neutral: share, positive: share }).nullable(),
    voice: predictionSchema.nullable(),
    words: textPredictionSchema.nullable(),
    disagree: z
      .boolean()
      .openapi({ description: "Whether voice and words are confident, and of different emotions" }),
    oodScore: share.nullable(),
    abstained: z
      .enum(["out-of-distribution", "unsure"])
      .nullable()
      .openapi({ description: "Why the emotion is not to be relied on" }),
  })
  .openapi("Segment");

const summarySchema = z
  .strictObject({
    dominantEmotion: z.string().nullable(),
    confidence: share.nullable(),
    shares: byLabel.openapi({ description: "Share of the time with a reported emotion" }),
    coverage: share.openapi({ description: "Share of speech for which one is reported" }),
    speechSec: seconds,
  })
  .openapi("Summary");

const referenceSchema = z
  .strictObject({ source: z.string(), speechSec: seconds })
  .openapi("Reference", { description: "What the voice was held against" });

const speakerSchema = z
  .strictObject({
    speaker: z.string(),
    channel: z.number().int().nullable(),
    summary: summarySchema,
    reference: referenceSchema,
    overlapSec: seconds,
  })
  .openapi("Speaker");

/** Of an `Analysis`. */
export const analysisSchema = z
  .strictObject({
    durationSec: seconds,
    transcriber: z.string().nullable(),
    summary: summarySchema,
    reference: referenceSchema,
    segments: z.array(segmentSchema),
    speakers: z.array(speakerSchema),
    language: z.string().nullable(),
    warnings: z.array(z.string()),
    incomplete: z.strictObject({ decodedSec: seconds, expectedSec: seconds }).nullable(),
    untranscribed: z.number().int().optional(),
  })
  .openapi("Analysis");
