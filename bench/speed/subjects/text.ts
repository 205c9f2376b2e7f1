import { textGru } from "../../../src/models/text-gru.ts";
import { emotions } from "../../../src/shared/emotions.ts";
import { Random } from "../../../src/shared/random.ts";
import type { Batch } from "../../../src/training/training-step.ts";
import { randomTargets } from "./random-targets.ts";
import { trainingRate, type TrainingJob } from "./training-loop.ts";

/** What `peers/text.py` measures too. */
export const textSetting = { batchSize: 32, length: 32, vocabulary: 8000, hidden: 128 };

const { batchSize, length, vocabulary, hidden } = textSetting;
const classes = emotions.length;

const model = textGru.schema.parse({ kind: "text-gru", hidden });
const architecture = textGru.architecture!(model, { words: { length, vocabulary }, classes });

function drawBatch(): Batch {
  const random = new Random(1, "batch");
  const words = Float32Array.from(
    { length: batchSize * length },
    () => 1 + random.integer(vocabulary - 1),
  );
  const targets = randomTargets(batchSize, random);
  return { inputs: { words }, targets };
}

/** Utterances per second in training the reference's text model, with Adam. */
export function measureTextTraining(options: {
  readonly threads: number;
  readonly seconds: number;
}): Promise<number> {
  const job: TrainingJob = {
    architecture,
    batch: drawBatch(),
    batchSize,
    training: {
      learningRate: 1e-3,
      optimizer: { kind: "adam", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0 },
      schedule: { kind: "constant" },
    },
  };
  return trainingRate(job, options);
}
