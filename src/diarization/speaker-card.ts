import { z } from "zod";
import { emitModel } from "../graph/emit.ts";
import { withFreeAxes } from "../graph/free-axes.ts";
import { readMetadata } from "../graph/metadata.ts";
import { softmax } from "../graph/operators/activation.ts";
import { divide, multiply, sqrt, subtract } from "../graph/operators/arithmetic.ts";
import { matMul } from "../graph/operators/matrix.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import { constant, input } from "../graph/tensor.ts";
import { encoderNames, encoderSampleRate } from "../models/encoder-layers.ts";
import type { Discriminant } from "../models/linear/discriminant-analysis.ts";
import { cardKey } from "../models/model-card.ts";
import { Network, type Weights } from "../models/network.ts";
import { UndertoneError } from "../shared/errors.ts";
import { overlapLogits } from "./overlap-head.ts";

const cardSchema = z.strictObject({
  name: z.string(),
  /** Hz */
  sampleRate: z.literal(encoderSampleRate),
  /** Length of an embedding. */
  dimensions: z.int().positive(),
  /** Layers whose mean and deviation over time it is made of. */
  encoder: z.strictObject({ name: z.enum(encoderNames), layers: z.array(z.int().min(-1)).min(1) }),
  /** When two clusters are two speakers, as `SpeakerCount` says. */
  apart: z.number().positive(),
  chanceSec: z.number().min(0),
  /** Probability from which on two speak at once. */
  overlapThreshold: z.number().min(0).max(1),
  /** Data, license, recipe, seed, scores. */
  provenance: z.record(z.string(), z.unknown()),
});

/** The model card of a speaker embedding. */
export type SpeakerCard = Readonly<z.infer<typeof cardSchema>>;

/** @throws UndertoneError `model-invalid` when the bytes are no ONNX model or hold no such model card */
export function readSpeakerCard(model: Uint8Array): SpeakerCard {
  const text = readMetadata(model)[cardKey];
  try {
    return cardSchema.parse(JSON.parse(text ?? "null"));
  } catch (cause) {
    const message = "This ONNX file is not a speaker embedding of Undertone.";
    throw new UndertoneError("model-invalid", message, { cause });
  }
}

/** What a speaker embedding has learned. */
export interface SpeakerWeights {
  readonly discriminant: Discriminant;
  /** Of the head that tells where two speak at once. */
  readonly overlap: Weights;
}

/**
 * Returns an ONNX file of two parts: `embedding` [1, dimensions], of length 1, of `statistics` [1, columns], and the
 * probabilities `overlap` [1, 1, frames, 2] that one and that two speak, of `frames` [1, 1, frames, columns].
 */
export function speakerModel(
  { discriminant, overlap: weights }: SpeakerWeights,
  card: SpeakerCard,
): Uint8Array {
  const { mean, projection, dimensions } = discriminant;
  const columns = mean.length;
  const centered = subtract(
    input("statistics", [1, columns]),
    constant(Float32Array.from(mean), [1, columns]),
  );
  const projected = matMul(
    centered,
    constant(Float32Array.from(projection), [columns, dimensions]),
  );
  const length = sqrt(reduceSum(multiply(projected, projected), { axes: [1] }));
  const frames = input("frames", [1, 1, 1, columns / 2]);
  const overlap = softmax(overlapLogits(new Network("inference"), frames));
  const model = emitModel({
    outputs: { embedding: divide(projected, length), overlap },
    weights,
    metadata: { [cardKey]: JSON.stringify(card) },
  });
  const time = { axis: 2, name: "frames" };
  return withFreeAxes(model, { frames: time, overlap: time });
}
