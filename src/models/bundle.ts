import { z } from "zod";
import { emitModel, readMetadata } from "../graph/emit.ts";
import { softmax } from "../graph/operators/activation.ts";
import { multiply } from "../graph/operators/arithmetic.ts";
import { Session, type Runtime } from "../graph/session.ts";
import { input, scalar } from "../graph/tensor.ts";
import { UndertoneError } from "../shared/errors.ts";
import type { Architecture } from "./architectures.ts";
import { spectrogramImage, type FrontEnd } from "./front-end.ts";
import { Network, type Weights } from "./network.ts";

const cardSchema = z.object({
  name: z.string(),
  /** The classes, in the order of the probabilities. */
  labels: z.array(z.string()).min(2).readonly(),
  /** Hz */
  sampleRate: z.int().positive(),
  /** Length of the waveform that the model takes. */
  windowSec: z.number().positive(),
  /** Divided the logits already: probabilities are calibrated. */
  temperature: z.number().positive(),
  /** Data, licence, recipe, seed, scores: whatever repeats or judges the training. */
  provenance: z.record(z.string(), z.unknown()),
});

/** What a model file says of itself. */
export type ModelCard = Readonly<z.infer<typeof cardSchema>>;

/** A network with what stands before and behind it. */
export interface BundleParts {
  readonly architecture: Architecture;
  readonly frontEnd: FrontEnd;
  readonly weights: Weights;
  readonly card: Omit<ModelCard, "sampleRate" | "windowSec">;
}

const metadataKey = "undertone";

/**
 * One ONNX file that any runtime serves: `waveform` [batch, windowSec · sampleRate] →
 * `probabilities` [batch, labels]; the card stands in its metadata under the key `undertone`.
 */
export function exportBundle({ architecture, frontEnd, weights, card }: BundleParts): Uint8Array {
  const samples = frontEnd.frames * frontEnd.hopLength;
  const picture = spectrogramImage(input("waveform", [1, samples]), frontEnd);
  const logits = architecture.build(new Network("inference"), { picture });
  const { sampleRate } = frontEnd;
  const whole: ModelCard = { ...card, sampleRate, windowSec: samples / sampleRate };
  return emitModel({
    outputs: { probabilities: softmax(multiply(logits, scalar(1 / card.temperature))) },
    weights,
    freeBatch: true,
    metadata: { [metadataKey]: JSON.stringify(whole) },
  });
}

/** A model that is ready to classify. */
export interface EmotionModel {
  readonly card: ModelCard;
  /** Probabilities [labels] of each window of `windowSec · sampleRate` mono samples. */
  probabilities(windows: readonly Float32Array[]): Promise<Float32Array[]>;
  close(): Promise<void>;
}

function readCard(bytes: Uint8Array): ModelCard {
  try {
    return cardSchema.parse(JSON.parse(readMetadata(bytes)[metadataKey] ?? "null"));
  } catch (cause) {
    if (cause instanceof UndertoneError) throw cause;
    throw new UndertoneError(
      "model-invalid",
      "This ONNX file is not a model of Undertone: its metadata holds no card that can be read.",
      { cause },
    );
  }
}

/**
 * Loads a model file that `exportBundle` made.
 * @throws UndertoneError `model-invalid` when the bytes are no ONNX model or hold no card
 */
export async function loadModel(
  bytes: Uint8Array,
  runtime: Runtime,
  options: { readonly threads?: number } = {},
): Promise<EmotionModel> {
  const card = readCard(bytes);
  const session = await Session.open(runtime, bytes, options);
  const samples = Math.round(card.windowSec * card.sampleRate);
  const classes = card.labels.length;
  return {
    card,
    async probabilities(windows) {
      if (windows.length === 0) return [];
      const waveform = new Float32Array(windows.length * samples);
      for (const [index, window] of windows.entries()) {
        if (window.length !== samples) {
          throw new RangeError(
            `probabilities: a window needs ${samples} samples, got ${window.length}`,
          );
        }
        waveform.set(window, index * samples);
      }
      const outputs = await session.run({
        waveform: { data: waveform, shape: [windows.length, samples] },
      });
      const joined = outputs["probabilities"]!;
      return windows.map((_, index) => joined.slice(index * classes, (index + 1) * classes));
    },
    close: () => session.close(),
  };
}
