import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { vowel, whiteNoise } from "../../test/sounds.ts";
import { loudnessModelFile } from "../../test/support/loudness-model.ts";
import { testOptions } from "../../test/support/training.ts";
import { testConditions } from "../audio/augmentation/conditions.ts";
import { encodeWav } from "../audio/wav.ts";
import type { Progress } from "../shared/logger.ts";
import { testUnderConditions, type ConditionsRequest } from "./test-conditions.ts";
import type { TestOptions } from "./test-model.ts";

const sampleRate = 16_000;
const clipsPerSpeaker = 2;
let folder: string;

/** Loud clips are angry and quiet ones sad, as the model has it. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "undertone-conditions-"));
  const lines = ["path,emotion,speaker"];
  for (const speaker of ["a", "b"]) {
    for (let clip = 0; clip < clipsPerSpeaker; clip++) {
      const level = clip % 2 === 0 ? 0.5 : 0.02;
      const voice = vowel(0.6 + 0.1 * clip, sampleRate, () => (speaker === "a" ? 120 : 210));
      const loudest = voice.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
      const name = `${speaker}${clip}.wav`;
      const samples = voice.map((x) => (level / loudest) * x);
      await writeFile(join(folder, name), encodeWav([samples], sampleRate));
      lines.push(`${name},${clip % 2 === 0 ? "angry" : "sad"},${speaker}`);
    }
  }
  await writeFile(join(folder, "broken.wav"), "no sound");
  lines.push("broken.wav,sad,b");
  await writeFile(join(folder, "clips.csv"), lines.join("\n"));
  await writeFile(join(folder, "model.onnx"), loudnessModelFile());
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const testHere = (changes: Partial<ConditionsRequest> = {}, options: Partial<TestOptions> = {}) =>
  testUnderConditions(
    {
      model: join(folder, "model.onnx"),
      data: join(folder, "clips.csv"),
      cacheFolder: join(folder, "cache"),
      seed: 1,
      noise: [],
      ...changes,
    },
    testOptions(options),
  );

test("every condition is predicted on the clips that can be read, in one order, with progress to its end", async () => {
  const progress: Progress[] = [];
  const onProgress = (report: Progress): void => void progress.push(report);
  const { clean, conditions, leftOut, labels } = await testHere({}, { onProgress });
  expect(labels).toEqual(["sad", "angry"]);
  expect(clean).toHaveLength(2 * clipsPerSpeaker);
  expect(conditions.map(({ condition }) => condition)).toEqual(testConditions);
  const ids = clean.map(({ id }) => id);
  for (const { predictions } of conditions) expect(predictions.map(({ id }) => id)).toEqual(ids);
  expect(leftOut).toEqual([{ reason: "cannot be read", count: 1 }]);
  expect(progress.at(-1)).toMatchObject({ facts: { condition: "far, 3 m" } });
  expect(progress.at(-1)!.done).toBe(progress.at(-1)!.total);
});

test("draws are fixed by seed and clip, whatever the other clips are", async () => {
  const first = await testHere();
  expect(await testHere({ cacheFolder: join(folder, "elsewhere") })).toEqual(first);
  const probabilitiesOf = ({ conditions }: typeof first, name: string) =>
    conditions
      .find(({ condition }) => condition.name === name)!
      .predictions.map(({ probabilities }) => probabilities);
  const other = await testHere({ seed: 2 });
  expect(probabilitiesOf(other, "noise 0 dB")).not.toEqual(probabilitiesOf(first, "noise 0 dB"));
  expect(probabilitiesOf(other, "AMR-like")).toEqual(probabilitiesOf(first, "AMR-like"));

  const some = join(folder, "some.csv");
  await writeFile(some, "path,emotion,speaker\na1.wav,sad,a\na0.wav,angry,a\n");
  const few = await testHere({ data: some });
  const [a0, a1] = probabilitiesOf(first, "noise 0 dB");
  expect(probabilitiesOf(few, "noise 0 dB")).toEqual([a1, a0]);
});

test("recordings of noise take the place of white and pink noise", async () => {
  const noise = join(folder, "noise");
  await mkdir(noise);
  await writeFile(join(noise, "a.wav"), encodeWav([whiteNoise(1, sampleRate)], sampleRate));
  const noisy = await testHere({ noise: [noise] });
  expect(noisy.noise).toMatchObject([{ corpus: "noise", recordings: 1 }]);
  const plain = await testHere();
  const changed = noisy.conditions.filter(
    ({ predictions }, index) =>
      JSON.stringify(predictions) !== JSON.stringify(plain.conditions[index]!.predictions),
  );
  expect(changed.map(({ condition }) => condition.name)).toEqual([
    "noise 20 dB",
    "noise 10 dB",
    "noise 0 dB",
  ]);
});

test("a model of another sample rate is refused", async () => {
  const model = join(folder, "slow.onnx");
  await writeFile(model, loudnessModelFile({ sampleRate: 8000, windowSec: 6 }));
  await expect(testHere({ model })).rejects.toMatchObject({ code: "usage" });
});
