import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { whiteNoise } from "../../test/sounds.ts";
import { testOptions, train } from "../../test/support/training.ts";
import { tinyFeatures } from "../../test/support/tiny-features.ts";
import { encodeWav } from "../audio/wav.ts";
import { synthesizeCorpus } from "../datasets/synthetic.ts";
import { readRunInfo } from "./run-folder.ts";

let root = "";
const inRoot = (name: string): string => join(root, name);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "undertone-noisy-"));
  await synthesizeCorpus(inRoot("clips"), { speakers: 3, clipsPerEmotion: 1, seed: 1 });
  for (const [seed, name] of ["rain", "wind"].entries()) {
    await mkdir(inRoot(name));
    const noise = encodeWav([whiteNoise(0.5, 8000, seed + 1)], 8000);
    await writeFile(join(inRoot(name), "a.wav"), noise);
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

const trainWith = (noise: readonly string[], augmentation: object, runFolder = "run") =>
  train(
    {
      recipe: {
        name: "tiny",
        protocol: "leave-one-speaker-out",
        validationSpeakers: 1,
        features: tinyFeatures,
        model: { kind: "audio-cnn", channels: [4], hidden: 8 },
        training: { epochs: 1, batchSize: 8, augmentation },
      },
      data: inRoot("clips"),
      runFolder: inRoot(runFolder),
      cacheFolder: inRoot("features"),
      folds: [1],
      noise: noise.map(inRoot),
    },
    testOptions(),
  );

test("a run records the noise of its views, and goes on with no other", async () => {
  const augmentation = { views: 1, snrDb: [0, 10] };
  const info = await readRunInfo(await trainWith(["rain"], augmentation));
  expect(info.noise).toMatchObject([{ corpus: "rain", recordings: 1 }]);
  await trainWith(["rain"], augmentation);
  await expect(trainWith(["wind"], augmentation)).rejects.toMatchObject({ code: "run-invalid" });
  await expect(trainWith([], augmentation)).rejects.toMatchObject({ code: "run-invalid" });
});

test("noise for a recipe that adds none is refused", async () => {
  const started = trainWith(["rain"], { views: 1, speed: [0.9, 1.1] }, "other");
  await expect(started).rejects.toMatchObject({ code: "recipe-invalid" });
});
