import { fromBinary, toBinary } from "@bufbuild/protobuf";
import { ModelProtoSchema } from "onnx-buf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refusedModels } from "../../test/torture/inputs/models.ts";
import { evaluate, fed } from "../../test/finite-differences.ts";
import { whiteNoise } from "../../test/sounds.ts";
import { emitModel } from "../graph/emit.ts";
import { softmax } from "../graph/operators/activation.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { input } from "../graph/tensor.ts";
import { Random } from "../shared/random.ts";
import { audioCnn } from "./audio-cnn.ts";
import { exportBundle } from "./bundle.ts";
import { nearestClass, type OodReference } from "./ood-distance.ts";
import { inputTensors } from "./definition.ts";
import { loadModel, type EmotionModel } from "./load-model.ts";
import { spectrogramImage, type FrontEnd } from "./front-end.ts";
import { cardKey } from "./model-card.ts";
import { initialWeights, Network } from "./network.ts";

const frontEnd: FrontEnd = {
  sampleRate: 8000,
  nFft: 256,
  winLength: 200,
  hopLength: 100,
  nMels: 16,
  fMin: 0,
  fMax: 4000,
  scale: "htk",
  frames: 32,
  rangeDb: 80,
};
const labels = ["neutral", "happy", "sad"];
const architecture = audioCnn.architecture!(
  audioCnn.schema.parse({ kind: "audio-cnn", channels: [4, 8], head: "statistics", hidden: 8 }),
  { spectrogram: { rows: frontEnd.nMels, frames: frontEnd.frames }, classes: labels.length },
);
const network = new Network("inference");
architecture.build(network, inputTensors(architecture, 1));
const weights = initialWeights(network, new Random(1));
const card = { name: "trial", labels, temperature: 1, provenance: { corpus: "none", seed: 1 } };
const samples = frontEnd.frames * frontEnd.hopLength;
const windows = Array.from({ length: 5 }, (_, index) =>
  whiteNoise(samples / frontEnd.sampleRate, frontEnd.sampleRate, index).map(
    (x, n) => x * Math.sin(n / (90 * (index + 1))),
  ),
);

const bytes = exportBundle({ architecture, frontEnd, weights, card });
let model: EmotionModel;
beforeAll(async () => {
  model = await loadModel(bytes, nodeRuntime, { threads: 1 });
});
afterAll(() => model.close());

test("the card comes back with the window that the front end takes", () => {
  expect(model.card).toEqual({ ...card, sampleRate: 8000, windowSec: 0.4, window: "speech" });
});

test("probabilities sum to 1 and are those of front end and network run apart", async () => {
  const actual = (await model.predict(windows)).map(({ probabilities: own }) => own);
  const inference = new Network("inference");
  const tensors = inputTensors(architecture, 5);
  const probabilities = softmax(architecture.build(inference, tensors));
  const joined = fed(
    "waveforms",
    [5, samples],
    windows.flatMap((window) => [...window]),
  );
  const image = await evaluate({ y: spectrogramImage(joined.tensor, frontEnd) }, [joined]);
  const { y: expected } = await evaluate({ y: probabilities }, [
    {
      name: "spectrogram",
      tensor: tensors["spectrogram"]!,
      values: Float32Array.from(image["y"]!),
    },
    ...[...inference.weights].map(([name, { tensor }]) => ({
      name,
      tensor,
      values: weights.get(name)!,
    })),
  ]);
  for (const [row, probability] of actual.entries()) {
    expect(probability.reduce((sum, p) => sum + p, 0)).toBeCloseTo(1, 5);
    for (const [i, p] of probability.entries()) expect(p).toBeCloseTo(expected![row * 3 + i]!, 5);
  }
  expect(new Set(actual.map(String)).size).toBe(5);
});

test("a window alone gets what it gets among others; no window gets nothing", async () => {
  const together = await model.predict(windows);
  for (const [index, window] of windows.entries()) {
    const [alone] = await model.predict([window]);
    for (const [i, p] of alone!.probabilities.entries())
      expect(p).toBeCloseTo(together[index]!.probabilities[i]!, 5);
  }
  expect(await model.predict([])).toEqual([]);
});

test("temperature divides the logits", async () => {
  const warmer = exportBundle({
    architecture,
    frontEnd,
    weights,
    card: { ...card, temperature: 2 },
  });
  const warm = await loadModel(warmer, nodeRuntime, { threads: 1 });
  const [[at1], [at2]] = [await model.predict(windows), await warm.predict(windows)];
  const roots = [...at1!.probabilities].map(Math.sqrt);
  const sum = roots.reduce((a, b) => a + b, 0);
  for (const [i, p] of at2!.probabilities.entries()) expect(p).toBeCloseTo(roots[i]! / sum, 5);
  await warm.close();
});

test("a model file needs standard ONNX operators only", () => {
  const { graph, opsetImport } = fromBinary(ModelProtoSchema, bytes);
  expect(new Set(graph!.node.map(({ domain }) => domain))).toEqual(new Set([""]));
  expect(opsetImport.map(({ domain }) => domain)).toEqual([""]);
  expect(graph!.input.map(({ name }) => name)).toEqual(["waveform"]);
});

test.each([0, samples - 1, samples + 1])("a window of %d samples is refused", async (length) => {
  await expect(model.predict([windows[0]!, new Float32Array(length)])).rejects.toThrow(
    new RangeError(`predict: a window needs ${samples} samples, got ${length}`),
  );
});

const withCard = (undertone: string): Uint8Array =>
  emitModel({ outputs: { y: softmax(input("x", [1, 2])) }, metadata: { undertone } });
const whole = { ...card, sampleRate: 8000, windowSec: 0.4 };

test.each<[string, object]>([
  ["a longer window", { windowSec: 0.8 }],
  ["another sample rate", { sampleRate: 16_000 }],
  ["more labels", { labels: [...labels, "calm"] }],
])("a card with %s than its network has is a damaged model", async (_, wrong) => {
  const proto = fromBinary(ModelProtoSchema, bytes);
  const metadataProps = proto.metadataProps.map((entry) =>
    entry.key === cardKey ? { ...entry, value: JSON.stringify({ ...whole, ...wrong }) } : entry,
  );
  const content = toBinary(ModelProtoSchema, { ...proto, metadataProps });
  const misfit = await loadModel(content, nodeRuntime, { threads: 1 });
  const window = new Float32Array(Math.round(misfit.card.sampleRate * misfit.card.windowSec));
  await expect(misfit.predict([window])).rejects.toMatchObject({
    code: "model-invalid",
  });
  await misfit.close();
});

test.each<[string, Uint8Array]>([
  ["an empty file", new Uint8Array()],
  ["text", new TextEncoder().encode("RIFF, or so")],
  ["half a model", bytes.subarray(0, bytes.length / 2)],
  ["a model without its last byte", bytes.subarray(0, -1)],
  ["another ONNX model", emitModel({ outputs: { y: softmax(input("x", [1, 2])) } })],
  ["a card that is not JSON", withCard("{")],
  ["a card without labels", withCard(JSON.stringify({ ...whole, labels: undefined }))],
  ["a card with a negative window", withCard(JSON.stringify({ ...whole, windowSec: -1 }))],
  ...Object.entries({
    "an endless window": { windowSec: 1e9 },
    "a window of nothing": { windowSec: 1e-9 },
    "a rate of 2 GHz": { sampleRate: 2e9 },
    "an FFT of 2^24": { descriptors: { nFft: 2 ** 24, hopLength: 1, frames: 1, rangeDb: 80 } },
    "features of terabytes": {
      descriptors: { nFft: 2 ** 15, hopLength: 1, frames: 2 ** 15, rangeDb: 80 },
    },
    "a label twice": { labels: [labels[0], ...labels] },
    "a word twice": { words: { length: 4, vocabulary: ["a", "a"] } },
    "an unknown encoder": { encoders: [{ name: "wav2vec2", layers: [1] }] },
    "a layer that no encoder has": { encoders: [{ name: "moonshine-tiny", layers: [6] }] },
    "a layer twice": { encoders: [{ name: "moonshine-tiny", layers: [1, 1] }] },
    "distances that fall": { distances: [2, 1] },
    "an encoder at another rate": { encoders: [{ name: "moonshine-tiny", layers: [1] }] },
  }).map(([what, wrong]): [string, Uint8Array] => [
    `a card with ${what}`,
    withCard(JSON.stringify({ ...whole, ...wrong })),
  ]),
])("%s is no model", async (_, content) => {
  await expect(loadModel(content, nodeRuntime)).rejects.toMatchObject({
    name: "UndertoneError",
    code: "model-invalid",
  });
});

test.each(Object.entries(refusedModels))("%s: refused before it says anything", async (_, make) => {
  const predict = async (): Promise<void> => {
    const loaded = await loadModel(make(), nodeRuntime, { threads: 1 });
    const { sampleRate, windowSec } = loaded.card;
    const window = Float32Array.from({ length: sampleRate * windowSec }, (_each, n) => n % 2);
    try {
      await loaded.predict([window]);
    } finally {
      await loaded.close();
    }
  };
  await expect(predict()).rejects.toMatchObject({ code: "model-invalid" });
});

describe("a model with the distances of its validation clips", () => {
  const width = 16; // of the embedding: mean and deviation of 8 units
  const identity = Float32Array.from({ length: width ** 2 }, (_, i) => (i % (width + 1) ? 0 : 1));
  const gaussians = { means: [new Float32Array(width)], whitening: identity };
  const oodReference: OodReference = {
    distance: (embedding) => nearestClass(embedding, gaussians),
    card: { distances: [0, 1, 2] },
  };
  const knowing = exportBundle({ architecture, frontEnd, weights, oodReference, card });

  test("gives the distance of each window beside the same probabilities", async () => {
    const loaded = await loadModel(knowing, nodeRuntime, { threads: 1 });
    const outputs = await loaded.predict(windows);
    await loaded.close();
    expect(loaded.card.distances).toEqual([0, 1, 2]);
    const inference = new Network("inference");
    const waveform = fed(
      "waveform",
      [5, samples],
      windows.flatMap((window) => [...window]),
    );
    architecture.build(inference, { spectrogram: spectrogramImage(waveform.tensor, frontEnd) });
    const { embedding } = inference;
    const { x } = await evaluate({ x: embedding }, [
      waveform,
      ...[...inference.weights].map(([name, { tensor }]) => ({
        name,
        tensor,
        values: weights.get(name)!,
      })),
    ]);
    const plain = await model.predict(windows);
    for (const [row, { probabilities, distance }] of outputs.entries()) {
      expect(probabilities).toEqual(plain[row]!.probabilities);
      const own = x!.slice(row * width, (row + 1) * width);
      expect(distance).toBeCloseTo(Math.hypot(...own), 4);
    }
    expect(plain[0]).not.toHaveProperty("distance");
  });

  test("whose card has them without its network giving a distance is damaged", async () => {
    const proto = fromBinary(ModelProtoSchema, bytes);
    const value = JSON.stringify({ ...whole, distances: [0, 1] });
    const metadataProps = proto.metadataProps.map((entry) => ({ ...entry, value }));
    const content = toBinary(ModelProtoSchema, { ...proto, metadataProps });
    const misfit = await loadModel(content, nodeRuntime, { threads: 1 });
    await expect(misfit.predict(windows)).rejects.toMatchObject({
      code: "model-invalid",
      message: expect.stringContaining("no distance"),
    });
    await misfit.close();
  });
});
