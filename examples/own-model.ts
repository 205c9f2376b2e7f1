/**
 * Adds a kind of model and trains it like any other: the class whose mean spectrum is nearest.
 *
 *   npx tsx examples/own-model.ts corpus/ run/
 */
import { z } from "zod";
import { defineModel, train, type Example } from "undertone/train";

const [data, out] = process.argv.slice(2);
if (data === undefined || out === undefined) {
  console.error("Usage: own-model.ts CORPUS RUN_FOLDER");
  process.exit(2);
}

const nMels = 32;

/** The mean of each mel band over time. */
function meanSpectrum({ views: [{ spectrogram }] }: Example): number[] {
  const frames = spectrogram!.length / nMels; // [nMels, frames]
  return Array.from({ length: nMels }, (_, band) => {
    const row = Float32Array.from(spectrogram!.subarray(band * frames, (band + 1) * frames));
    return row.reduce((sum, value) => sum + value, 0) / frames;
  });
}

const nearestMean = defineModel({
  kind: "nearest-mean",
  description: "The class whose mean spectrum is nearest.",
  options: { sharpness: z.number().positive().default(10) },
  inputs: ["spectrogram"],
  async fit({ sharpness }, { train: examples, classes }) {
    const means = Array.from({ length: classes }, (_, label) => {
      const rows = examples.filter((example) => example.label === label).map(meanSpectrum);
      return Array.from(
        { length: nMels },
        (_value, band) => rows.reduce((sum, row) => sum + row[band]!, 0) / rows.length,
      );
    });
    return {
      parameters: classes * nMels,
      predict: (clips) =>
        clips.map((clip) => {
          const spectrum = meanSpectrum(clip);
          const scores = means.map((mean) =>
            Math.exp(
              -sharpness * Math.hypot(...mean.map((value, band) => value - spectrum[band]!)),
            ),
          );
          const total = scores.reduce((sum, score) => sum + score, 0);
          return scores.map((score) => score / total);
        }),
    };
  },
});

const recipe = { name: "nearest-mean", features: { nMels }, model: { kind: "nearest-mean" } };
const run = await train({ recipe, models: [nearestMean], data, out });
console.log(`UAR ${run.scores.unweightedAverageRecall.value.toFixed(3)}`);
