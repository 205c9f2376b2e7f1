import { z } from "zod";
import { emitModel } from "../graph/emit.ts";
import { readMetadata } from "../graph/metadata.ts";
import { divide, multiply, sqrt, subtract } from "../graph/operators/arithmetic.ts";
import { matMul } from "../graph/operators/matrix.ts";
import { reduceSum } from "../graph/operators/reduce.ts";
import { constant, input } from "../graph/tensor.ts";
import { encoderNames, encoderSampleRate } from "../models/encoder-layers.ts";
import type { Discriminant } from "../models/linear/discriminant-analysis.ts";
import { cardKey } from "../models/model-card.ts";
import { UndertoneError } from "../shared/errors.ts";

const cardSchema = z.strictObject({
  name: z.string(),
  /** Hz */
  sampleRate: z.literal(encoderSampleRate),
  /** Length of an embedding. */
  dimensions: z.int().positive(),
  /** Layers whose mean and deviation over time it is made of. */
  encoder: z.strictObject({ name: z.enum(encoderNames), layers: z.array(z.int().min(-1)).min(1) }),
  /** Share of the variance of a recording's embeddings from which on telling two clusters apart makes them two speakers. */
  threshold: z.number().min(0).max(1),
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

/** Returns an ONNX file that makes `embedding` [batch, dimensions], of length 1, of `statistics` [batch, columns]. */
export function speakerModel(
  { mean, projection, dimensions }: Discriminant,
  card: SpeakerCard,
): Uint8Array {
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
  return emitModel({
    outputs: { embedding: divide(projected, length) },
    freeBatch: true,
    metadata: { [cardKey]: JSON.stringify(card) },
  });
}
