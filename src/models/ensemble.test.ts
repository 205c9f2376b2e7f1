import { describe, expect, test } from "vitest";
import { frontEnd } from "../../test/support/front-end.ts";
import { syllables } from "../../test/sounds.ts";
import { firstWeights } from "../../test/support/networks.ts";
import { tinyEncoderFile } from "../../test/support/speech-encoder.ts";
import { wordModelFile } from "../../test/support/word-model.ts";
import { emitModel } from "../graph/emit.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { input } from "../graph/tensor.ts";
import { audioCnn } from "./audio-cnn.ts";
import { audioEncoder } from "./audio-encoder.ts";
import { exportBundle } from "./bundle.ts";
import { nearestClass, type OodReference } from "./ood-distance.ts";
import { combine } from "./combination.ts";
import type { Architecture } from "./definition.ts";
import type { EncoderLayers } from "./encoder-layers.ts";
import { exportEnsemble } from "./ensemble.ts";
import { functionalsProbe } from "./functionals-probe.ts";
import { linearProbe } from "./linear-probe.ts";
import { loadModel, type ModelOutput } from "./load-model.ts";
import { cardKey } from "./model-card.ts";
import { SpeechEncoder } from "./speech-encoder.ts";

const labels = ["neutral", "happy", "sad"];
const longestSec = 2;

interface Choices {
  readonly temperature?: number;
  readonly labels?: readonly string[];
  readonly oodReference?: OodReference;
}

function fileOf(
  architecture: Architecture,
  encoders: readonly EncoderLayers[],
  { temperature = 1, labels: own = labels, oodReference: known }: Choices = {},
): Uint8Array {
  return exportBundle({
    architecture,
    frontEnd,
    ...(encoders.length > 0 && {
      speechEncoders: { encoders: encoders.map((layers) => ({ ...layers, tuned: 0 })), longestSec },
    }),
    ...(known && { oodReference: known }),
    weights: firstWeights(architecture),
    card: { name: "member", labels: own, temperature, provenance: {} },
  });
}

const head = (layers: readonly number[], choices: Choices = {}): Uint8Array => {
  const selection = { name: "moonshine-tiny", layers } as const;
  const options = { kind: "audio-encoder", encoders: [selection], longestSec, hidden: 8 };
  const architecture = audioEncoder.architecture!(audioEncoder.schema.parse(options), {
    classes: (choices.labels ?? labels).length,
  });
  return fileOf(architecture, [selection], choices);
};

const probe = (layers: readonly number[]): Uint8Array => {
  const selection = { name: "moonshine-tiny", layers } as const;
  const options = { kind: "linear-probe", encoders: [selection], longestSec };
  const architecture = linearProbe.architecture!(linearProbe.schema.parse(options), { classes: 3 });
  return fileOf(architecture, [selection], { temperature: 3 });
};

const spectrogramShapes = {
  spectrogram: { rows: frontEnd.nMels, frames: frontEnd.frames },
  classes: 3,
};

const spectrogramModel = fileOf(
  audioCnn.architecture!(
    audioCnn.schema.parse({ kind: "audio-cnn", channels: [4, 8], head: "statistics", hidden: 8 }),
    spectrogramShapes,
  ),
  [],
);

const descriptorModel = fileOf(
  functionalsProbe.architecture!(
    functionalsProbe.schema.parse({ kind: "functionals-probe", coefficients: 8 }),
    spectrogramShapes,
  ),
  [],
);

/** A file with the card of a model of sound and words. */
function modelWithWords(): Uint8Array {
  const words = { length: 4, vocabulary: ["glad"] };
  const own = { name: "with-words", labels, temperature: 1, provenance: {} };
  return emitModel({
    outputs: { probabilities: input("waveform", [1, 3]) },
    metadata: { [cardKey]: JSON.stringify({ ...own, sampleRate: 16_000, windowSec: 2, words }) },
  });
}

const gaussians = {
  means: [new Float32Array(16)],
  whitening: Float32Array.from({ length: 256 }, (_, index) => Number(index % 17 === 0)),
};
const oodReference: OodReference = {
  distance: (embedding) => nearestClass(embedding, gaussians),
  card: { distances: [0, 1, 2] },
};

const windows = [
  syllables(2, 16_000, { startSec: 0.2, endSec: 1.9 }),
  syllables(2, 16_000, { startSec: 0.7, endSec: 1.2 }),
];

/** What a file predicts of the windows, which encoders it opened, and how often they encoded. */
async function predicted(file: Uint8Array): Promise<{
  readonly outputs: ModelOutput[];
  readonly opened: readonly EncoderLayers[];
  readonly encoded: number;
}> {
  const opened: EncoderLayers[] = [];
  let encoded = 0;
  const model = await loadModel(file, nodeRuntime, {
    threads: 1,
    async openEncoder(asked) {
      opened.push(asked);
      const encoder = await SpeechEncoder.open(nodeRuntime, tinyEncoderFile(), {
        ...asked,
        threads: 1,
      });
      return {
        encode: (...given) => {
          encoded++;
          return encoder.encode(...given);
        },
        encodeWhole: (speech) => encoder.encodeWhole(speech),
        close: () => encoder.close(),
      };
    },
  });
  const outputs = await model.predict(windows);
  await model.close();
  return { outputs, opened, encoded };
}

const mean = { of: "probabilities" } as const;
const card = { name: "together", temperature: 1, provenance: { corpus: "none" } };

/** What a file of several models predicts of the windows, and the mean of what each predicts alone. */
async function ensembleAndMean(
  members: readonly Uint8Array[],
  temperature = 1,
): Promise<{ readonly predictions: number[][]; readonly expected: unknown[][] }> {
  const apart: ModelOutput[][] = [];
  for (const member of members) apart.push((await predicted(member)).outputs);
  const { outputs } = await predicted(exportEnsemble(members, mean, { ...card, temperature }));
  const expected = windows.map((_, row) => {
    const powers = labels.map((__, label) => {
      const sum = apart.reduce((total, own) => total + own[row]!.probabilities[label]!, 0);
      return (sum / members.length) ** (1 / temperature);
    });
    const total = powers.reduce((sum, power) => sum + power, 0);
    return powers.map((power) => expect.closeTo(power / total, 5));
  });
  return { predictions: outputs.map(({ probabilities }) => [...probabilities]), expected };
}

describe("models in one file", () => {
  test("predict their mean, and open an encoder that they share once", async () => {
    const members = [head([1, 3]), probe([1, 3])];
    const { predictions, expected } = await ensembleAndMean(members);
    expect(predictions).toEqual(expected);
    const { opened, encoded } = await predicted(exportEnsemble(members, mean, card));
    expect(opened).toEqual([{ name: "moonshine-tiny", layers: [1, 3] }]);
    expect(encoded).toBe(windows.length);
  });

  test("the mean has a temperature of its own", async () => {
    const members = [head([1]), head([2], { temperature: 0.5 })];
    const { predictions, expected } = await ensembleAndMean(members, 2);
    expect(predictions).toEqual(expected);
    expect(predictions[0]).not.toEqual(predictions[1]);
  });

  test("each picks its layers of those that all need", async () => {
    const members = [head([1, 3]), probe([3]), head([0, 3])];
    const { predictions, expected } = await ensembleAndMean(members);
    expect(predictions).toEqual(expected);
    const { opened } = await predicted(exportEnsemble(members, mean, card));
    expect(opened).toEqual([{ name: "moonshine-tiny", layers: [1, 3, 0] }]);
  });

  test("average logits by weight", async () => {
    const members = [head([1]), head([2], { temperature: 0.5 })];
    const weights = [0.3, 0.7];
    const apart: ModelOutput[][] = [];
    for (const member of members) apart.push((await predicted(member)).outputs);
    const file = exportEnsemble(members, { of: "logits", weights }, card);
    const { outputs } = await predicted(file);
    for (const [row, { probabilities }] of outputs.entries()) {
      const alone = apart.map((own) => [...own[row]!.probabilities]);
      const expected = combine({ method: "weights", weights }, alone);
      expect([...probabilities]).toEqual(expected.map((p) => expect.closeTo(p, 5)));
    }
  });

  test("a model of spectrograms stands beside one of encoder layers", async () => {
    const { predictions, expected } = await ensembleAndMean([spectrogramModel, probe([2])]);
    expect(predictions).toEqual(expected);
  });

  test.each([
    ["before", [descriptorModel, spectrogramModel]],
    ["after", [spectrogramModel, descriptorModel]],
  ])("a model of descriptors stands %s one without", async (_, members) => {
    const { predictions, expected } = await ensembleAndMean(members);
    expect(predictions).toEqual(expected);
  });

  test("the first with a distance gives that of the whole", async () => {
    const [without, distant] = [head([1]), head([1, 2], { oodReference })];
    const alone = await predicted(distant);
    const file = exportEnsemble([without, distant, distant], mean, card);
    const { outputs } = await predicted(file);
    expect(outputs.map(({ distance }) => distance)).toEqual(
      alone.outputs.map(({ distance }) => expect.closeTo(distance!, 4)),
    );
  });

  test.each([
    ["of other labels", () => head([1], { labels: ["calm", "sad"] })],
    ["of sound and words", modelWithWords],
    ["of words alone", wordModelFile],
    ["cut short", () => head([1]).subarray(0, 500)],
  ])("one %s does not fit in", (_, other) => {
    expect(() => exportEnsemble([head([1]), other()], mean, card)).toThrow(
      expect.objectContaining({ code: "model-invalid" }),
    );
  });
});
