import { expect, test } from "vitest";
import { parseExperiment } from "./recipe.ts";
import { assertNetworkFits, assertRecipeFits } from "./rules.ts";

const moonshine = { name: "moonshine-tiny", layers: [0, 1] };
const head = (encoders: readonly object[], besides: object = {}) => ({
  kind: "audio-encoder",
  encoders,
  ...besides,
});

const experimentWith = (content: object) =>
  parseExperiment({ name: "trial", model: { kind: "audio-cnn" }, ...content }, "here");
const check = async (content: object, validated = true): Promise<void> =>
  assertRecipeFits(await experimentWith(content), { validated });

test.each([
  ["a layer twice", head([{ ...moonshine, layers: [1, 1] }]), /encoders\[0\]\.layers .* once/],
  ["an encoder twice", head([moonshine, { ...moonshine, layers: [2] }]), /each encoder once/],
  [
    "an encoder twice without a network",
    { kind: "linear-probe", encoders: [moonshine, moonshine] },
    /each encoder once/,
  ],
  [
    "fine-tuned layers of Whisper",
    head([{ name: "whisper-tiny", layers: [1], tuned: 1 }]),
    /Whisper's layers/,
  ],
])("refuses %s", async (_, model, message) => {
  await expect(check({ model })).rejects.toThrow(message);
});

test.each([
  ["snrDb", [40, 15]],
  ["snrDb", [-100_000, 15]],
  ["shiftSec", [1e9, 1e9]],
  ["speed", [0, 1]],
  ["distanceM", [0, 3]],
  ["gainDb", [-100, 0]],
])("refuses %s of %s", async (change, range) => {
  const training = { augmentation: { [change]: range } };
  await expect(check({ model: head([moonshine]), training })).rejects.toThrow(
    `training.augmentation.${change} must be a range within`,
  );
});

const robustnessTests = [{ name: "asr-20", wordErrorRate: 0.2 }];
test.each([
  [
    "mixup of words",
    { model: { kind: "fusion-early" }, training: { mixupAlpha: 0.3 } },
    /mixupAlpha/,
  ],
  [
    "mixup of masked encoder layers",
    { model: head([moonshine]), training: { mixupAlpha: 0.3, specAugment: {} } },
    /mixupAlpha and training\.specAugment/,
  ],
  ["robustness tests without words", { robustnessTests }, /robustnessTests/],
  [
    "robustness tests without a network",
    { model: { kind: "text-tfidf" }, robustnessTests },
    /robustnessTests/,
  ],
  [
    "another sample rate of encoders",
    { model: head([moonshine]), features: { sampleRate: 8000, fMax: 4000 } },
    /sampleRate/,
  ],
  [
    "a telephone at another sample rate",
    {
      features: { sampleRate: 8000, fMax: 4000 },
      training: { augmentation: { telephone: { codecs: ["a-law"] } } },
    },
    /telephone/,
  ],
  ["a window of nothing", { features: { frames: 1, hopLength: 256 } }, /0\.05 to 60 s/],
  ["a window of minutes", { features: { frames: 65_536, hopLength: 65_536 } }, /0\.05 to 60 s/],
  ["a rate of 2 GHz", { features: { sampleRate: 2e9 } }, /sampleRate/],
  ["more MFCCs than mel bands", { features: { nMfcc: 40, nMels: 30 } }, /nMfcc/],
])("refuses %s", async (_, content, message) => {
  await expect(check(content)).rejects.toThrow(expect.objectContaining({ code: "recipe-invalid" }));
  await expect(check(content)).rejects.toThrow(message);
});

test("early stopping needs validation clips", async () => {
  const content = { training: { earlyStopping: { patience: 3 } } };
  await expect(check(content)).resolves.toBeUndefined();
  await expect(check(content, false)).rejects.toThrow(/earlyStopping/);
});

test("a network that is too deep for its spectrogram is refused", async () => {
  const features = { nMels: 16, frames: 16 };
  const [tooDeep, shallow] = await Promise.all([
    experimentWith({ features }),
    experimentWith({ features, model: { kind: "audio-cnn", channels: [4, 8] } }),
  ]);
  expect(() => assertNetworkFits(tooDeep, { classes: 8 })).toThrow(
    expect.objectContaining({ code: "recipe-invalid" }),
  );
  expect(() => assertNetworkFits(shallow, { classes: 8 })).not.toThrow();
});

const probe = { kind: "linear-probe", encoders: [moonshine] };
test.each([
  ["text", { model: { kind: "text-gru" } }, /text-gru/],
  ["a model that fits labels only", { model: { kind: "text-tfidf" } }, /text-tfidf/],
  ["smoothed labels", { training: { labelSmoothing: 0.1 } }, /labelSmoothing/],
  ["weighted classes", { training: { classWeights: 1 } }, /classWeights/],
  ["a metric of labels", { training: { earlyStopping: { patience: 2 } } }, /metric must be "loss"/],
  ["tiny batches", { training: { batchSize: 4 } }, /batchSize/],
  ["weighted corpora", { training: { corpusWeights: { a: 2 } } }, /corpusWeights/],
])("refuses dimensions with %s", async (_, content, message) => {
  await expect(check({ ...content, target: "dimensions" })).rejects.toThrow(message);
});

test("dimensions go with a network of sound and a linear probe", async () => {
  const earlyStopping = { patience: 2, metric: "loss" };
  await expect(
    check({ target: "dimensions", training: { earlyStopping } }),
  ).resolves.toBeUndefined();
  const training = { corpusWeights: { a: 2 }, batchSize: 4 };
  await expect(check({ target: "dimensions", model: probe, training })).resolves.toBeUndefined();
});
