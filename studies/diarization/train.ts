/**
 * Trains the speaker embedding of the diarization: `npx tsx studies/diarization/train.ts --data FOLDER --data FOLDER [--out FILE]`.
 * The first folder is CREMA-D, of whose speakers 22 are held out for `main.ts` and 10 for validation. Takes ten minutes.
 *
 * Linear discriminant analysis over mean and deviation of early encoder layers in windows of 1.5 s, with and without noise
 * and telephone. Validation chooses the threshold of the clustering by the error rate of built conversations.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { readCorpora } from "../../src/datasets/read-corpus.ts";
import { speakersOf } from "../../src/datasets/manifest.ts";
import { speakerModel, type SpeakerCard } from "../../src/diarization/speaker-card.ts";
import { SpeakerEncoder } from "../../src/diarization/speaker-encoder.ts";
import { VoiceStatistics } from "../../src/diarization/voice-statistics.ts";
import { nodeRuntime } from "../../src/graph/runtime.node.ts";
import {
  fitDiscriminant,
  type Discriminant,
} from "../../src/models/linear/discriminant-analysis.ts";
import { encoderFile } from "../../src/recognition/open-encoder.node.ts";
import { bestThreshold } from "./best-threshold.ts";
import { readFeatures, type Features } from "./features.ts";
import { someOfEach, splitSpeakers } from "./speakers.ts";
import { windowError, type Embedded } from "./trials.ts";

const { values } = parseArgs({
  options: {
    data: { type: "string", multiple: true, default: ["data/crema-d", "data/emodb"] },
    out: { type: "string", default: "models/speakers.onnx" },
    features: { type: "string" },
  },
});
const seed = 1;
const encoder = { name: "moonshine-base", layers: [-1, 0, 1] } as const;
const clipsPerSpeaker = 24;
const options = { shrinkage: 0.4, dimensions: 32 } as const;

const { clips } = await readCorpora(values.data);
const split = splitSpeakers(clips, seed);
const file = await encoderFile(encoder.name, {});
const statistics = await VoiceStatistics.open(nodeRuntime, file, { ...encoder, threads: 1 });
const [train, validation] = [
  await readFeatures(someOfEach(split.train, clipsPerSpeaker, seed), {
    statistics,
    file: values.features && `${values.features}-train`,
  }),
  await readFeatures(someOfEach(split.validation, clipsPerSpeaker, seed), {
    statistics,
    file: values.features && `${values.features}-validation`,
  }),
];
await statistics.close();

function embedded(
  { rows, windows }: Features,
  { mean, projection, dimensions }: Discriminant,
): (Embedded & { readonly isNoisy: boolean })[] {
  return windows.map((window, index) => {
    const embedding = new Float32Array(dimensions);
    for (const [i, value] of rows[index]!.entries()) {
      for (let d = 0; d < dimensions; d++)
        embedding[d]! += (value - mean[i]!) * projection[i * dimensions + d]!;
    }
    const length = Math.hypot(...embedding);
    return { ...window, embedding: embedding.map((value) => value / length) };
  });
}

const classes = train.windows.map(({ speaker }) => speaker);
const discriminant = fitDiscriminant(train.rows, classes, options);
const all = embedded(validation, discriminant);
const [clean, noisy] = [false, true].map((isNoisy) =>
  windowError(all.filter((each) => each.isNoisy === isNoisy)),
);
const rate = (clean! + noisy!) / 2;
process.stdout.write(`equal error rate ${(100 * rate).toFixed(1)} %\n`);
const card: SpeakerCard = {
  name: "speakers",
  sampleRate: 16_000,
  dimensions: discriminant.dimensions,
  encoder: { ...encoder, layers: [...encoder.layers] },
  threshold: 0,
  provenance: {
    corpora: [...new Set(split.train.map(({ corpus }) => corpus))],
    license: "ODbL 1.0",
    recipe: {
      method: "linear discriminant analysis",
      shrinkage: options.shrinkage,
      windowSec: 1.5,
      clipsPerSpeaker,
    },
    seed,
    speakers: {
      train: speakersOf(split.train).length,
      validation: speakersOf(split.validation),
      test: speakersOf(split.test),
    },
    validation: { equalErrorRate: rate },
  },
};
const model = speakerModel(discriminant, card);
const opened = await SpeakerEncoder.open(nodeRuntime, { model, encoder: file }, { threads: 1 });
const { threshold, errorRate } = await bestThreshold(split.validation, opened, seed);
await opened.close();
process.stdout.write(`threshold ${threshold}: error rate ${(100 * errorRate).toFixed(1)} %\n`);
await writeFile(values.out, speakerModel(discriminant, { ...card, threshold }));
