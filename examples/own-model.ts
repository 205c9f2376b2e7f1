/**
 * Adds a kind of model and trains it like any other: a convolution, and attention over time.
 *
 *   npx tsx examples/own-model.ts corpus/ run/
 */
import { z } from "zod";
import {
  attentiveStatistics,
  convolutionBlock,
  defineModel,
  outputLayer,
  reshape,
  spectrogramShape,
  train,
} from "undertone/train";

const [data, out] = process.argv.slice(2);
if (data === undefined || out === undefined) {
  console.error("Usage: own-model.ts CORPUS RUN_FOLDER");
  process.exit(2);
}

const attentiveCnn = defineModel({
  kind: "attentive-cnn",
  description: "One convolution block, then attention over its frames.",
  options: { channels: z.int().positive().default(8) },
  inputs: ["spectrogram"],
  architecture: ({ channels }, given) => ({
    inputs: { spectrogram: spectrogramShape(given) },
    classes: given.classes,
    build(network, { spectrogram }) {
      const block = { x: spectrogram!, channels, pool: [4, 4] as const };
      const image = convolutionBlock(network, "block", block); // [batch, channels, mels, frames]
      const [batch, , mels, frames] = image.shape;
      const x = reshape(image, [batch!, channels * mels!, frames!]);
      const embedding = attentiveStatistics(network, "pooling", { x });
      return outputLayer(network, embedding, { dropout: 0.3, classes: given.classes });
    },
  }),
});

const recipe = {
  name: "attentive-cnn",
  features: { nMels: 32, frames: 128 },
  model: { kind: "attentive-cnn", channels: 4 },
  training: { epochs: 3, batchSize: 16 },
};
const run = await train({ recipe, models: [attentiveCnn], data, out });
console.log(`UAR ${run.scores.unweightedAverageRecall.value.toFixed(3)}`);
