import { initialWeights, type Weights } from "../../src/models/network.ts";
import type { Architecture } from "../../src/models/definition.ts";
import { layersByFrame } from "../../src/models/encoder-layers.ts";
import { floatsOf } from "../../src/models/example.ts";
import { rowMoments } from "../../src/models/layer-statistics.ts";
import { frameMoments, overlapLogits } from "../../src/diarization/overlap-head.ts";
import { nodeRuntime } from "../../src/graph/runtime.node.ts";
import { toFloat16 } from "../../src/shared/float16.ts";
import { Random } from "../../src/shared/random.ts";
import { resultingWeights, train, type TrainingOptions } from "../../src/training/train.ts";
import { initialTrainingState } from "../../src/training/training-state.ts";
import { TrainingStep, type Batch } from "../../src/training/training-step.ts";
import type { EncodedConversation } from "./spoken.ts";

/** 2.4 s. */
const chunkFrames = 100;
const leastFrames = 8;
const batchSize = 32;
const options = {
  epochs: 8,
  optimizer: { kind: "adamw", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.05 },
  learningRate: 2e-3,
  schedule: { kind: "cosine", warmUpShare: 0.03, finalShare: 0 },
  clipNorm: 1,
} as const satisfies Omit<TrainingOptions, "seed">;

/** Frames [frames, columns] in half precision, zeros after their end, and whether two speak in each; -1 after their end. */
export interface OverlapChunk {
  readonly frames: Uint16Array;
  readonly labels: Int8Array;
}

/** Returns pieces of a conversation's speech; the last one of a region goes back to be whole. */
export function overlapChunks({ turns, regions }: EncodedConversation): OverlapChunk[] {
  return regions.flatMap(({ startSec, frames: { layers, width, perSec } }) => {
    const columns = layers.length * width;
    const frames = floatsOf(layersByFrame(layers, width));
    const count = frames.length / columns;
    const chunks: OverlapChunk[] = [];
    for (let from = 0; count - from >= leastFrames; from += chunkFrames) {
      const first = Math.max(0, Math.min(from, count - chunkFrames));
      const length = Math.min(chunkFrames, count - first);
      const padded = new Float32Array(chunkFrames * columns);
      padded.set(frames.subarray(first * columns, (first + length) * columns));
      const labels = new Int8Array(chunkFrames).fill(-1);
      for (let frame = 0; frame < length; frame++) {
        const sec = startSec + (first + frame + 0.5) / perSec;
        const speaking = turns.filter((turn) => turn.startSec <= sec && sec < turn.endSec);
        labels[frame] = speaking.length > 1 ? 1 : 0;
      }
      chunks.push({ frames: toFloat16(padded), labels });
    }
    return chunks;
  });
}

/** Returns the trained weights of the head that tells where two speak at once. */
export async function trainOverlap(
  chunks: readonly OverlapChunk[],
  seed: number,
): Promise<Weights> {
  const columns = chunks[0]!.frames.length / chunkFrames;
  const architecture: Architecture = {
    inputs: { frames: [1, chunkFrames, columns] },
    classes: 2,
    build: (network, { frames }) => overlapLogits(network, frames!),
  };
  const step = await TrainingStep.compile(nodeRuntime, architecture, { batchSize, threads: 1 });
  const weights = initialWeights(step.network, new Random(seed, "overlap weights"));
  const { mean, deviation } = momentsOf(chunks, columns);
  weights.set(frameMoments.mean, mean).set(frameMoments.deviation, deviation);
  const state = initialTrainingState(weights, { averaged: false });
  const batch = (epoch: number, index: number): Batch => {
    const order = new Random(seed, "overlap order", epoch).shuffle(chunks);
    return batchOf(order.slice(index * batchSize, (index + 1) * batchSize));
  };
  let loss = 0;
  const epochs = train(step, state, {
    data: { stepsPerEpoch: Math.floor(chunks.length / batchSize), batch },
    options: { ...options, seed },
    hooks: {
      validate: async () => undefined,
      onStep: ({ result }) => {
        loss = 0.98 * loss + 0.02 * result.loss;
      },
    },
  });
  for await (const { epoch } of epochs) {
    process.stderr.write(`overlap: epoch ${epoch}, loss ${loss.toFixed(3)}\n`);
  }
  await step.close();
  return resultingWeights(state);
}

/** Moments of some chunks' frames. */
function momentsOf(
  chunks: readonly OverlapChunk[],
  columns: number,
): ReturnType<typeof rowMoments> {
  const rows = chunks
    .filter((_, index) => index % 10 === 0)
    .flatMap(({ frames, labels }) => {
      const values = floatsOf(frames);
      return Array.from({ length: labels.filter((label) => label >= 0).length }, (_, frame) =>
        values.subarray(frame * columns, (frame + 1) * columns),
      );
    });
  return rowMoments(rows);
}

/** Frames after the end of speech have no target. */
function batchOf(chunks: readonly OverlapChunk[]): Batch {
  const size = chunks[0]!.frames.length;
  const frames = new Uint16Array(chunks.length * size);
  const targets = new Float32Array(chunks.length * chunkFrames * 2);
  const known = chunks.reduce((sum, { labels }) => sum + labels.filter((y) => y >= 0).length, 0);
  for (const [row, chunk] of chunks.entries()) {
    frames.set(chunk.frames, row * size);
    for (const [frame, label] of chunk.labels.entries()) {
      if (label >= 0) targets[(row * chunkFrames + frame) * 2 + label] = 1 / known;
    }
  }
  return { inputs: { frames }, targets };
}
