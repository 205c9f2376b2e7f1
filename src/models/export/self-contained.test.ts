import { describe, expect, test } from "vitest";
import { frontEnd } from "../../../test/support/front-end.ts";
import { largestError } from "../../../test/reference/features.ts";
import { firstWeights } from "../../../test/support/networks.ts";
import { phrases, whiteNoise } from "../../../test/sounds.ts";
import { tinyEncoderFile } from "../../../test/support/speech-encoder.ts";
import { reduceMean } from "../../graph/operators/reduce.ts";
import { nodeRuntime } from "../../graph/runtime.node.ts";
import { Session } from "../../graph/session.ts";
import { audioCnn } from "../audio-cnn.ts";
import { audioEncoder } from "../audio-encoder.ts";
import { exportBundle, type BundleParts } from "../bundle.ts";
import type { Architecture } from "../definition.ts";
import type { EncoderLayers } from "../encoder-layers.ts";
import { fusionFeatures } from "../fusion-features.ts";
import { linearProbe } from "../linear-probe.ts";
import { loadModel } from "../load-model.ts";
import { linearDistance, type OodReference } from "../ood-distance.ts";
import { readModelCard } from "../model-card.ts";
import { neutralBias, withNeutralBias } from "../ordinary-speech.ts";
import { exportSelfContained } from "./self-contained.ts";
import { SpeechEncoder } from "../speech-encoder.ts";

const labels = ["neutral", "sad", "angry"];
const longestSec = 2;
const neutralShare = 0.7;
const selection: EncoderLayers = { name: "moonshine-tiny", layers: [1, 3] };
const width = 2 * 2 * 288;
const ordinary = {
  neutralShare: 0.8,
  speakerShare: 0.5,
  bias: { adapted: 1, unknown: 2 },
  evidence: [0, 1],
};

const bundle = (
  architecture: Architecture,
  parts: Partial<Pick<BundleParts, "speechEncoders" | "oodReference" | "card">> = {},
): Uint8Array =>
  exportBundle({
    architecture,
    frontEnd,
    weights: firstWeights(architecture),
    card: {
      name: "model",
      labels,
      temperature: 2,
      window: "speech",
      ordinary,
      provenance: { corpora: ["x"] },
    },
    ...parts,
  });

const given = { encoders: [selection], longestSec };
const speechEncoders = { encoders: [{ ...selection, tuned: 0 }], longestSec };
const linear = linearProbe.schema.parse({ kind: "linear-probe", ...given });
const deep = audioEncoder.schema.parse({ kind: "audio-encoder", ...given });
const oodReference: OodReference = {
  distance: (embedding) => linearDistance(embedding, new Float32Array(width + 1).fill(0.01)),
  card: { notSpeech: { maxScore: 0.5 } },
};
const probe = bundle(linearProbe.architecture!(linear, { classes: 3 }), {
  speechEncoders,
  oodReference,
});
const attentive = bundle(audioEncoder.architecture!(deep, { classes: 3 }), {
  speechEncoders,
  oodReference: {
    distance: (embedding) => reduceMean(embedding, { axes: [1] }),
    card: { distances: [0, 1] },
  },
});
const encoders = new Map([["moonshine-tiny" as const, tinyEncoderFile()]]);
const openEncoder = (asked: EncoderLayers) =>
  SpeechEncoder.open(nodeRuntime, encoders.get("moonshine-tiny")!, { ...asked, threads: 1 });

async function run(
  model: Uint8Array,
  rows: readonly Float32Array[],
): Promise<Record<string, Float32Array>> {
  const file = exportSelfContained(model, { encoders, neutralShare });
  const session = await Session.open(nodeRuntime, file, { threads: 1 });
  expect(session.inputNames).toEqual(["waveform"]);
  const data = Float32Array.from(rows.flatMap((row) => [...row]));
  const outputs = await session.run({ waveform: { data, shape: [rows.length, rows[0]!.length] } });
  await session.close();
  return outputs;
}

describe("a model in one file", () => {
  test("has a card that names no encoder", () => {
    const card = readModelCard(exportSelfContained(probe, { encoders, neutralShare }));
    expect(card).toMatchObject({ labels, temperature: 2, sampleRate: 16_000, windowSec: 2 });
    expect(card.encoders).toBeUndefined();
    expect(card.provenance).toEqual({ corpora: ["x"] });
  });

  test.each([
    { head: "a linear probe", model: probe },
    { head: "a head with attention", model: attentive },
  ])(
    "of $head and its encoder predicts what both do apart, at any level and length",
    async ({ model }) => {
      const apart = await loadModel(model, nodeRuntime, { threads: 1, openEncoder });
      const samples = whiteNoise(2, 16_000).map((value) => 0.3 * value);
      const [expected] = await apart.predict([samples]);
      await apart.close();
      const { probabilities, distance } = await run(model, [samples, samples.map((x) => x / 50)]);
      const longer = new Float32Array(samples.length + 2001);
      longer.set(samples, 1000);
      const middle = await run(model, [longer]);
      for (const row of [0, 1]) {
        expect(distance![row]).toBeCloseTo(expected!.distance!, 3);
        const own = probabilities!.slice(3 * row, 3 * row + 3);
        expect(largestError(own, expected!.probabilities)).toBeLessThan(1e-4);
      }
      expect(largestError(middle["probabilities"]!, expected!.probabilities)).toBeLessThan(1e-4);
    },
  );

  test.each([
    { place: "the middle", window: "speech" as const, before: 501 },
    { place: "the start", window: "start" as const, before: 0 },
  ])("of a spectrogram network takes $place of long sound", async ({ window, before }) => {
    const cnn = audioCnn.schema.parse({ kind: "audio-cnn", channels: [4, 8] });
    const spectrogram = { rows: frontEnd.nMels, frames: frontEnd.frames };
    const architecture = audioCnn.architecture!(cnn, { classes: 3, spectrogram });
    const card = { name: "cnn", labels, temperature: 1, window, provenance: {} };
    const model = bundle(architecture, { card });
    const apart = await loadModel(model, nodeRuntime, { threads: 1 });
    const samples = whiteNoise(2, 16_000);
    const short = new Float32Array(samples.length);
    short.set(samples.subarray(0, 20_000));
    const expected = await apart.predict([samples, short]);
    await apart.close();
    const long = new Float32Array(samples.length + 1001).fill(0.1);
    long.set(samples, before);
    for (const [row, sound] of [long, samples.subarray(0, 20_000)].entries()) {
      const { probabilities } = await run(model, [sound]);
      expect(largestError(probabilities!, expected[row]!.probabilities)).toBeLessThan(1e-5);
    }
  });

  test("gives the probabilities of ordinary speech besides", async () => {
    const outputs = await run(probe, [whiteNoise(1, 16_000)]);
    const bias = neutralBias(ordinary, { utterances: 0, share: neutralShare });
    const raised = withNeutralBias(labels, outputs["probabilities"]!, bias);
    expect(
      largestError(outputs["ordinary_probabilities"]!, Float32Array.from(raised)),
    ).toBeLessThan(1e-6);
  });

  test("takes a moment, and digital silence", async () => {
    const { probabilities } = await run(probe, [new Float32Array(1000)]);
    const [a, b, c] = probabilities!;
    expect(a! + b! + c!).toBeCloseTo(1, 5);
  });

  test("takes a damaged encoder for what it is", () => {
    const damaged = new Map([["moonshine-tiny" as const, tinyEncoderFile().subarray(0, 500)]]);
    expect(() => exportSelfContained(probe, { encoders: damaged, neutralShare })).toThrow(
      expect.objectContaining({ code: "model-invalid" }),
    );
  });
});

test("a model with low-level descriptors computes them from a waveform of any length", async () => {
  const kind = fusionFeatures.schema.parse({ kind: "fusion-features", channels: [4, 8] });
  const spectrogram = { rows: frontEnd.nMels, frames: frontEnd.frames };
  const model = bundle(fusionFeatures.architecture!(kind, { classes: 3, spectrogram }));
  const apart = await loadModel(model, nodeRuntime, { threads: 1 });
  const voice = phrases(16_000).subarray(0, 32_000);
  const noise = whiteNoise(2, 16_000);
  const expected = await apart.predict([voice, noise]);
  await apart.close();
  const { probabilities } = await run(model, [voice, noise]);
  const longer = new Float32Array(voice.length + 2001);
  longer.set(voice, 1000);
  const middle = await run(model, [longer]);
  const rows = [
    probabilities!.subarray(0, 3),
    probabilities!.subarray(3),
    middle["probabilities"]!,
  ];
  for (const [row, output] of [expected[0]!, expected[1]!, expected[0]!].entries()) {
    expect(largestError(rows[row]!, output.probabilities)).toBeLessThan(5e-5);
  }
});
