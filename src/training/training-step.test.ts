import { expect, test } from "vitest";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { audioCnn } from "../models/audio-cnn.ts";
import type { Architecture } from "../models/definition.ts";
import type { InputValues } from "../models/example.ts";
import { dense } from "../models/layers.ts";
import { initialWeights } from "../models/network.ts";
import { toFloat16 } from "../shared/float16.ts";
import { Random } from "../shared/random.ts";
import { TrainingStep } from "./training-step.ts";

const batchSize = 20; // two parts of a padded batch
const width = 6;

const architecture = (isPadded: boolean): Architecture => ({
  inputs: { x: [width] },
  classes: 2,
  isPadded,
  build: (network, { x }) => dense(network, "output", { x: x!, units: 2 }),
});

/** What float16 holds exactly, each row of another length. */
const values = Float32Array.from({ length: batchSize * width }, (_, index) =>
  index % width <= Math.floor(index / width) % width ? ((index * 37) % 64) / 16 - 2 : 0,
);
const targets = Float32Array.from(
  { length: batchSize * 2 },
  (_, index) => Number(index % 4 === 0 || index % 4 === 3) / batchSize,
);

test.each([false, true])(
  "numbers in half precision give what the same numbers in full do (padded: %s)",
  async (isPadded) => {
    const step = await TrainingStep.compile(nodeRuntime, architecture(isPadded), {
      batchSize,
      threads: 1,
    });
    const weights = initialWeights(step.network, new Random(1));
    const run = (x: InputValues) =>
      step.runWithMasks(weights, { inputs: { x }, targets }, new Map());
    const full = await run(values);
    expect(await run(toFloat16(values))).toEqual(full);
    expect(await run(toFloat16(values.map((value) => value / 2)))).not.toEqual(full);
    await step.close();
  },
);

test("a step on two threads gives the same bits again, also in blocked kernels", async () => {
  const network = audioCnn.architecture!(
    audioCnn.schema.parse({ kind: "audio-cnn", channels: [16, 32, 16], hidden: 8, dropout: 0 }),
    { spectrogram: { rows: 16, frames: 64 }, classes: 2 },
  );
  const random = new Random("spectrograms");
  const batch = {
    inputs: { spectrogram: Float32Array.from({ length: 8 * 16 * 64 }, () => random.normal()) },
    targets: Float32Array.from({ length: 16 }, (_, index) => Number(index % 3 === 0) / 8),
  };
  const results = [];
  for (let repeat = 0; repeat < 3; repeat++) {
    const step = await TrainingStep.compile(nodeRuntime, network, {
      batchSize: 8,
      threads: 2,
    });
    const weights = initialWeights(step.network, new Random(1));
    results.push(await step.runWithMasks(weights, batch, new Map()));
    await step.close();
  }
  expect(results[1]).toEqual(results[0]);
  expect(results[2]).toEqual(results[0]);
});
