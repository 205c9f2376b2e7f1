import { z } from "zod";
import { sentenceEncoderNames } from "../models/sentence-encoder.ts";
import { encoderNames } from "../models/speech-encoder.ts";
import { count, share } from "./recipe-parts.ts";

/** Nothing is left to learn from where all is dropped. */
const dropout = share.lt(1);

/** The convolutional network over a spectrogram up to its embedding; the brief's by default. */
const cnn = {
  channels: z.array(count).min(1).max(16).default([16, 32, 64, 128, 256]),
  /** Pooling of each block, [mels, frames]; by default 2 × 2. */
  pools: z.array(z.tuple([count, count])).optional(),
  /** `flatten`: the brief's two dense layers. `statistics`: attentive mean and deviation over time. */
  head: z.enum(["flatten", "statistics"]).default("flatten"),
  hidden: count.default(256),
};

/** The recurrent network over words up to its embedding; the brief's by default. */
const recurrent = {
  cell: z.enum(["gru", "lstm"]).default("gru"),
  embedding: count.default(128),
  /** Units of each direction. */
  hidden: count.default(128),
  /** `last`: the last state of each direction. `attention`: the states that attention picks. */
  pooling: z.enum(["last", "attention"]).default("last"),
  /** Share of words that training hides. */
  wordDropout: share.default(0),
};

/** Blocks of attention. */
const transformer = {
  width: count.default(128),
  blocks: count.default(2),
  heads: count.default(4),
  dropout: dropout.default(0.1),
};

/** Both networks, and the dense layer where they meet. */
const meeting = {
  voice: z.strictObject(cnn).prefault({}),
  words: z.strictObject(recurrent).prefault({}),
  hidden: count.default(128),
  dropout: dropout.default(0.5),
};

const heardLayers = {
  name: z.enum(encoderNames),
  /** From 0. */
  layers: z.array(z.int().nonnegative()).min(1),
  /** A model, as `--model` names it, whose adapter is added to the encoder's weights. */
  adapter: z.string().min(1).optional(),
};

/** Of longer speech the middle is heard. */
const longestSec = z.number().min(0.5).max(30).default(4);

/** Networks of one file each in `models`, trained end to end. */
export const networkSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("audio-cnn"), ...cnn, dropout: dropout.default(0.5) }),
  z.strictObject({
    kind: z.literal("audio-transformer"),
    ...transformer,
    /** Size of a patch, [mels, frames]. */
    patch: z.tuple([count, count]).default([16, 16]),
    /** From one patch to the next, [mels, frames]. */
    stride: z.tuple([count, count]).default([16, 16]),
  }),
  z.strictObject({
    kind: z.literal("audio-encoder"),
    /** Heard side by side. */
    encoders: z
      .array(
        z.strictObject({
          ...heardLayers,
          /** How many layers, counted down from the uppermost, training goes on with. */
          tuned: z.int().nonnegative().default(0),
        }),
      )
      .min(1),
    longestSec,
    tuning: z
      .strictObject({
        /** How fast the uppermost tuned layer learns, times the learning rate. */
        rate: z.number().positive().default(0.1),
        /** And each layer below, times the one above it. */
        decay: share.default(0.8),
        /** Of what is added to each matrix in place of tuning it: low-rank adapters. */
        rank: count.max(256).optional(),
      })
      .prefault({}),
    hidden: count.default(192),
    dropout: dropout.default(0.3),
  }),
  z.strictObject({ kind: z.literal("text-gru"), ...recurrent, dropout: dropout.default(0) }),
  z.strictObject({
    kind: z.literal("text-encoder"),
    encoder: z.enum(sentenceEncoderNames).default("minilm"),
    hidden: count.default(256),
    dropout: dropout.default(0.3),
  }),
  z.strictObject({
    kind: z.literal("text-encoder-tuned"),
    encoder: z.enum(sentenceEncoderNames).default("minilm"),
    dropout: dropout.default(0.1),
  }),
  z.strictObject({
    kind: z.literal("text-transformer"),
    ...transformer,
    wordDropout: share.default(0),
  }),
  z.strictObject({ kind: z.literal("fusion-early"), ...meeting }),
  z.strictObject({ kind: z.literal("fusion-features"), ...cnn, dropout: dropout.default(0.5) }),
  z.strictObject({
    kind: z.literal("fusion-gated"),
    ...meeting,
    /** Share of examples that training shows without their voice, and without their words. */
    modalityDropout: share.default(0.2),
  }),
]);

/** Without a network: what every other model has to beat. */
export const baselineSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("linear-probe"),
    encoders: z.array(z.strictObject(heardLayers)).min(1),
    longestSec,
  }),
  z.strictObject({ kind: z.literal("text-majority") }),
  z.strictObject({
    kind: z.literal("text-tfidf"),
    /** Weighs each emotion by how rare it is. */
    balanced: z.boolean().default(false),
  }),
]);

/** What a model may be given of an utterance's words: themselves, their sentence's vector, or its subwords. */
export const readModalities = ["words", "sentence", "subwords"] as const;

/**
 * What a model is given of an utterance: a spectrogram or descriptors of its sound, what encoders make of it, its
 * words, or several.
 */
export type Modality = "spectrogram" | "descriptors" | "layers" | (typeof readModalities)[number];

type TrainedKind = z.infer<typeof networkSchema>["kind"] | z.infer<typeof baselineSchema>["kind"];

/** The modalities of each kind of model. */
export const modalities: Readonly<Record<TrainedKind, readonly Modality[]>> = {
  "audio-cnn": ["spectrogram"],
  "audio-transformer": ["spectrogram"],
  "audio-encoder": ["layers"],
  "linear-probe": ["layers"],
  "text-gru": ["words"],
  "text-encoder": ["sentence"],
  "text-encoder-tuned": ["subwords"],
  "text-transformer": ["words"],
  "text-majority": ["words"],
  "text-tfidf": ["words"],
  "fusion-early": ["spectrogram", "words"],
  "fusion-features": ["spectrogram", "descriptors"],
  "fusion-gated": ["spectrogram", "words"],
};
