import { describe, expect, test } from "vitest";
import { evaluate, fed, type Fed } from "../../test/finite-differences.ts";
import {
  batchSize,
  drawnInput,
  drawnWords,
  firstWeights,
  servedLogits,
  testNetwork,
} from "../../test/support/networks.ts";
import { inputTensors } from "./definition.ts";
import { fusionEarly } from "./fusion-early.ts";
import { fusionFeatures } from "./fusion-features.ts";
import { fusionGated } from "./fusion-gated.ts";
import { descriptorCount } from "./low-level-descriptors.ts";
import { Network } from "./network.ts";

const [rows, frames, length, vocabulary, classes] = [8, 13, 5, 20, 4];
const voice = { channels: [4, 8], head: "statistics", hidden: 8 } as const;
const words = { embedding: 6, hidden: 5, pooling: "attention" } as const;
const both = { voice, words, hidden: 12, dropout: 0 };
const shapes = {
  spectrogram: { rows, frames },
  words: { length, vocabulary },
  classes,
};

const early = fusionEarly.architecture!(
  fusionEarly.schema.parse({ kind: "fusion-early", ...both }),
  shapes,
);
const gatedWith = (modalityDropout: number) =>
  fusionGated.architecture!(
    fusionGated.schema.parse({ kind: "fusion-gated", ...both, modalityDropout }),
    shapes,
  );
const gated = gatedWith(0);

const spectrogram = drawnInput("spectrogram", rows * frames);
const ids = drawnWords(length, vocabulary);
const wordConfidence = drawnInput("confidence", 1);

describe("fusion-early", () => {
  testNetwork(early, { spectrogram, words: ids }, { tolerance: 0.05 });

  test("gives finite logits without words, which depend on the voice", async () => {
    const silent = new Float32Array(ids.length);
    const [logits] = await servedLogits(early, firstWeights(early), [
      { spectrogram, words: silent },
    ]);
    expect(logits!.every(Number.isFinite)).toBe(true);
    expect(new Set(logits).size).toBe(batchSize * classes);
  });
});

describe.each(["statistics", "flatten"] as const)("fusion-features, %s", (head) => {
  const options = { kind: "fusion-features", channels: [4, 8], head, hidden: 8, dropout: 0 };
  const architecture = fusionFeatures.architecture!(fusionFeatures.schema.parse(options), shapes);
  const descriptors = drawnInput("descriptors", descriptorCount * frames);
  testNetwork(architecture, { spectrogram, descriptors }, { tolerance: 0.05 });

  test("the logits depend on the descriptors where the spectrogram is the same", async () => {
    const same = new Float32Array(2 * rows * frames).fill(0.5);
    const rising = Float32Array.from({ length: 2 * descriptorCount * frames }, (_, i) =>
      i < frames ? i / frames : 0,
    );
    const [logits] = await servedLogits(architecture, firstWeights(architecture), [
      { spectrogram: same, descriptors: rising },
    ]);
    expect([...logits!.subarray(0, classes)]).not.toEqual([...logits!.subarray(classes)]);
  });
});

test("fusion-features takes the reference spectrogram of 128 × 160 with 8 descriptors", () => {
  const network = new Network("training");
  const architecture = fusionFeatures.architecture!(
    fusionFeatures.schema.parse({ kind: "fusion-features" }),
    { spectrogram: { rows: 128, frames: 160 }, classes: 8 },
  );
  const logits = architecture.build(network, inputTensors(architecture, 2));
  expect(logits.shape).toEqual([2, 8]);
  // 4 bands of 256 channels and the descriptors, at each of 5 frames.
  expect(network.weights.get("hidden.weight")!.shape).toEqual([256, (4 * 256 + 8) * 5]);
});

describe("fusion-gated", () => {
  testNetwork(gated, { spectrogram, words: ids, wordConfidence }, { tolerance: 0.05 });

  const weights = firstWeights(gated);
  const feeds: Fed[] = [
    fed("spectrogram", [batchSize, 1, rows, frames], spectrogram),
    fed("words", [batchSize, length], ids),
    fed("wordConfidence", [batchSize, 1], wordConfidence),
  ];

  /** Gates [voice, words] of each row. */
  async function gatesOf(
    network: Network,
    others: readonly Fed[],
    modalityDropout: number,
  ): Promise<number[][]> {
    const inputs = Object.fromEntries(feeds.map(({ name, tensor }) => [name, tensor]));
    const gates = gatedWith(modalityDropout).gates!(network, inputs);
    const leaves = [...network.weights].map(([name, { tensor }]) => ({
      name,
      tensor,
      values: weights.get(name)!,
    }));
    const values = (await evaluate({ gates }, [...others, ...leaves]))["gates"]!;
    return Array.from({ length: batchSize }, (_, row) => values.slice(2 * row, 2 * row + 2));
  }

  test("gates sum to 1, and words that are missing have none of it", async () => {
    const silent = fed(
      "words",
      [batchSize, length],
      ids.map((id, i) => (i < length ? 0 : id)),
    );
    const others = [...feeds.filter(({ name }) => name !== "words"), silent];
    const [first, ...rest] = await gatesOf(new Network("inference"), others, 0.5);
    expect(first).toEqual([1, 0]);
    for (const [byVoice, byWords] of rest) {
      expect(byVoice! + byWords!).toBeCloseTo(1, 5);
      expect(Math.min(byVoice!, byWords!)).toBeGreaterThan(0.01);
    }
  });

  test("without words, neither confidence nor any weight of the words counts", async () => {
    const silent = new Float32Array(ids.length);
    const changed = new Map(weights);
    changed.set(
      "text.embedding",
      weights.get("text.embedding")!.map((v) => v + 1),
    );
    const sure = new Float32Array(batchSize).fill(1);
    const none = new Float32Array(batchSize);
    const [one] = await servedLogits(gated, weights, [
      { spectrogram, words: silent, wordConfidence: none },
    ]);
    const [other] = await servedLogits(gated, changed, [
      { spectrogram, words: silent, wordConfidence: sure },
    ]);
    expect(one!.every(Number.isFinite)).toBe(true);
    expect(other).toEqual(one);
  });

  test("training drops whole modalities, yet never both", async () => {
    const silent = fed(
      "words",
      [batchSize, length],
      ids.map((id, i) => (i < length ? 0 : id)),
    );
    const others = feeds.filter(({ name }) => name !== "words");
    // Rows: no words; nothing dropped; voice; words; both; nothing further.
    const voiceMask = fed("voice.mask", [batchSize, 1], [0, 2, 0, 2, 0, 2, 2, 2]);
    const wordMask = fed("words.mask", [batchSize, 1], [2, 2, 2, 0, 0, 2, 2, 2]);
    const network = new Network("training");
    const gates = await gatesOf(network, [...others, silent, voiceMask, wordMask], 0.5);
    expect([gates[0], gates[2], gates[3], gates[4]]).toEqual([
      [1, 0],
      [0, 1],
      [1, 0],
      [1, 0],
    ]);
    expect(Math.min(...gates[1]!)).toBeGreaterThan(0.01);
    expect(network.dropoutMasks.get("voice.mask")).toEqual({ shape: [batchSize, 1], rate: 0.5 });
  });
});
