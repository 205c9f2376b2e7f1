import { describe, expect, test } from "vitest";
import { syllables } from "../../test/sounds.ts";
import { firstWeights } from "../../test/support/networks.ts";
import { tinyEncoderFile } from "../../test/support/speech-encoder.ts";
import { wordModelFile } from "../../test/support/word-model.ts";
import { emitModel } from "../graph/emit.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { input } from "../graph/tensor.ts";
import { Random } from "../shared/random.ts";
import type { Adapter } from "./adapter.ts";
import { architectureOf, type Architecture } from "./architectures.ts";
import { linearProbe } from "./linear-probe.ts";
import { exportBundle, type Familiar } from "./bundle.ts";
import { exportEnsemble } from "./ensemble.ts";
import type { FrontEnd } from "./front-end.ts";
import { loadModel, type ModelOutput } from "./load-model.ts";
import { cardKey } from "./model-card.ts";
import { speechEncoders, SpeechEncoder, type EncoderConfig } from "./speech-encoder.ts";

const labels = ["neutral", "happy", "sad"];
const longestSec = 2;
const { width } = speechEncoders["moonshine-tiny"];
const frontEnd: FrontEnd = {
  sampleRate: 16_000,
  nFft: 512,
  winLength: 512,
  hopLength: 250,
  nMels: 16,
  fMin: 0,
  fMax: 8000,
  scale: "slaney",
  frames: 128,
  rangeDb: 80,
};

interface Choices {
  readonly temperature?: number;
  readonly labels?: readonly string[];
  readonly familiar?: Familiar;
}

function fileOf(
  architecture: Architecture,
  encoders: readonly EncoderConfig[],
  { temperature = 1, labels: own = labels, familiar }: Choices = {},
): Uint8Array {
  return exportBundle({
    architecture,
    frontEnd,
    ...(encoders.length > 0 && { heard: { encoders, longestSec } }),
    ...(familiar && { familiar }),
    weights: firstWeights(architecture),
    card: { name: "member", labels: own, temperature, provenance: {} },
  });
}

const head = (layers: readonly number[], choices: Choices & { adapter?: Adapter } = {}) => {
  const { adapter, ...others } = choices;
  const heard: EncoderConfig = { name: "moonshine-tiny", layers, ...(adapter && { adapter }) };
  const architecture = architectureOf(
    {
      kind: "audio-encoder",
      encoders: [{ ...heard, layers: [...layers], tuned: 0 }],
      longestSec,
      tuning: { rate: 0.1, decay: 0.8 },
      hidden: 8,
      dropout: 0.5,
    },
    { classes: (choices.labels ?? labels).length },
  );
  return fileOf(architecture, [heard], others);
};

const regression = (layers: readonly number[]): Uint8Array => {
  const heard = { name: "moonshine-tiny", layers } as const;
  const architecture = linearProbe({ encoders: [heard], longestSec, classes: 3 });
  return fileOf(architecture, [heard], { temperature: 3 });
};

const overPictures = fileOf(
  architectureOf(
    { kind: "audio-cnn", channels: [4, 8], head: "statistics", hidden: 8, dropout: 0.5 },
    { spectrogram: { rows: frontEnd.nMels, frames: frontEnd.frames }, classes: 3 },
  ),
  [],
);

/** A card of a model that usesAudio and reads, and what it takes to carry one. */
function reader(): Uint8Array {
  const words = { length: 4, vocabulary: ["glad"] };
  const own = { name: "reader", labels, temperature: 1, provenance: {} };
  return emitModel({
    outputs: { probabilities: input("waveform", [1, 3]) },
    metadata: { [cardKey]: JSON.stringify({ ...own, sampleRate: 16_000, windowSec: 2, words }) },
  });
}

function adapterOf(seed: number): Adapter {
  const random = new Random("adapter", seed);
  const drawn = (): Float32Array =>
    Float32Array.from({ length: width * 2 }, () => random.normal() / 8);
  return new Map([["layers.2.weight", { rank: 2, down: drawn(), up: drawn() }]]);
}

const familiar: Familiar = {
  gaussians: {
    means: [new Float32Array(16)],
    whitening: Float32Array.from({ length: 256 }, (_, index) => Number(index % 17 === 0)),
  },
  distances: [0, 1, 2],
};

const windows = [
  syllables(2, 16_000, { startSec: 0.2, endSec: 1.9 }),
  syllables(2, 16_000, { startSec: 0.7, endSec: 1.2 }),
];

/** What a file says of the windows, and how often an encoder was opened and heard. */
async function judged(file: Uint8Array): Promise<{
  readonly answers: ModelOutput[];
  readonly opened: readonly EncoderConfig[];
  readonly heard: number;
}> {
  const opened: EncoderConfig[] = [];
  let heard = 0;
  const model = await loadModel(file, nodeRuntime, {
    threads: 1,
    async openEncoder(asked) {
      opened.push(asked);
      const encoder = await SpeechEncoder.open(nodeRuntime, tinyEncoderFile(), {
        ...asked,
        threads: 1,
      });
      return {
        hear: (...given) => {
          heard++;
          return encoder.hear(...given);
        },
        close: () => encoder.close(),
      };
    },
  });
  const answers = await model.judge(windows);
  await model.close();
  return { answers, opened, heard };
}

const card = { name: "together", temperature: 1, provenance: { corpus: "none" } };

/** What a file of several models says of the windows, and what it should by what each says alone. */
async function ensembleAndMean(
  members: readonly Uint8Array[],
  temperature = 1,
): Promise<{ readonly said: number[][]; readonly expected: unknown[][] }> {
  const apart: ModelOutput[][] = [];
  for (const member of members) apart.push((await judged(member)).answers);
  const { answers } = await judged(exportEnsemble(members, { ...card, temperature }));
  const expected = windows.map((_, row) => {
    const powers = labels.map((__, label) => {
      const sum = apart.reduce((total, said) => total + said[row]!.probabilities[label]!, 0);
      return (sum / members.length) ** (1 / temperature);
    });
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => expect.closeTo(power / total, 5));
  });
  return { said: answers.map(({ probabilities }) => [...probabilities]), expected };
}

describe("models in one file", () => {
  test("say their mean, and open an encoder that they share once", async () => {
    const members = [head([1, 3]), regression([1, 3])];
    const { said, expected } = await ensembleAndMean(members);
    expect(said).toEqual(expected);
    const { opened, heard } = await judged(exportEnsemble(members, card));
    expect(opened).toEqual([{ name: "moonshine-tiny", layers: [1, 3] }]);
    expect(heard).toBe(windows.length);
  });

  test("the mean has a temperature of its own", async () => {
    const members = [head([1]), head([2], { temperature: 0.5 })];
    const { said, expected } = await ensembleAndMean(members, 2);
    expect(said).toEqual(expected);
    expect(said[0]).not.toEqual(said[1]);
  });

  test("each picks its layers of what they hear together", async () => {
    const members = [head([1, 3]), regression([3]), head([0, 3])];
    const { said, expected } = await ensembleAndMean(members);
    expect(said).toEqual(expected);
    const { opened } = await judged(exportEnsemble(members, card));
    expect(opened).toEqual([{ name: "moonshine-tiny", layers: [1, 3, 0] }]);
  });

  test("hear an encoder once with each adapter, and once without", async () => {
    const members = [
      head([2], { adapter: adapterOf(1) }),
      head([2]),
      head([2, 3], { adapter: adapterOf(2) }),
      head([3], { adapter: adapterOf(1) }),
    ];
    const { said, expected } = await ensembleAndMean(members);
    expect(said).toEqual(expected);
    const { opened, heard } = await judged(exportEnsemble(members, card));
    expect(opened.map(({ alias, layers, adapter }) => [alias, layers, adapter])).toEqual([
      [undefined, [2, 3], adapterOf(1)],
      ["moonshine-tiny-2", [2], undefined],
      ["moonshine-tiny-3", [2, 3], adapterOf(2)],
    ]);
    expect(heard).toBe(3 * windows.length);
  });

  test("one that sees a spectrogram stands beside one that usesAudio layers", async () => {
    const { said, expected } = await ensembleAndMean([overPictures, regression([2])]);
    expect(said).toEqual(expected);
  });

  test("the first that knows what it learned says how far a sound is from that", async () => {
    const [without, knowing] = [head([1]), head([1, 2], { familiar })];
    const alone = await judged(knowing);
    const { answers } = await judged(exportEnsemble([without, knowing, knowing], card));
    expect(answers.map(({ distance }) => distance)).toEqual(
      alone.answers.map(({ distance }) => expect.closeTo(distance!, 4)),
    );
  });

  test.each([
    ["of other emotions", () => head([1], { labels: ["calm", "sad"] }), /judge other emotions/],
    ["that reads too", reader, /reader reads what was said/],
    ["that only reads", wordModelFile, /not a model of Undertone that usesAudio/],
    ["cut short", () => head([1]).subarray(0, 500), /not an ONNX model/],
  ])("one %s does not fit in", (_, other, message) => {
    expect(() => exportEnsemble([head([1]), other()], card)).toThrow(message);
  });
});
