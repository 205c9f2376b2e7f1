import type { Runtime } from "../../src/graph/session.ts";
import { audioCnn } from "../../src/models/audio-cnn.ts";
import { initialWeights } from "../../src/models/network.ts";
import { Random } from "../../src/shared/random.ts";
import { initialOptimizerState, optimize } from "../../src/training/optimizers.ts";
import { TrainingStep } from "../../src/training/training-step.ts";

export const batchSize = 4;
const data = { spectrogram: { rows: 128, frames: 256 }, classes: 8 };

/** Trains the reference CNN on one random batch. Returns the loss before each step. */
export async function trainSteps(runtime: Runtime, steps: number): Promise<number[]> {
  const architecture = audioCnn.architecture!(audioCnn.schema.parse({ kind: "audio-cnn" }), data);
  const step = await TrainingStep.compile(runtime, architecture, { batchSize });
  const random = new Random(1);
  const weights = initialWeights(step.network, random);
  const state = initialOptimizerState();
  const spectrogram = Float32Array.from({ length: batchSize * 128 * 256 }, () => random.uniform());
  const targets = Float32Array.from({ length: batchSize * data.classes }, (_, at) =>
    at % (data.classes + 1) === 0 ? 1 / batchSize : 0,
  );
  const losses: number[] = [];
  for (let at = 0; at < steps; at++) {
    const batch = { inputs: { spectrogram }, targets };
    const { loss, gradients } = await step.run(weights, batch, random);
    losses.push(loss);
    optimize({ kind: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 }, state, {
      weights,
      gradients,
      learningRate: 1e-4,
      decaying: new Set(),
    });
  }
  await step.close();
  return losses;
}
