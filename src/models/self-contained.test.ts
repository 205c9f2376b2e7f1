import { afterAll, describe, expect, test } from "vitest";
import { frontEnd } from "../../test/support/front-end.ts";
import { firstWeights } from "../../test/support/networks.ts";
import { whiteNoise } from "../../test/sounds.ts";
import { tinyEncoderFile } from "../../test/support/speech-encoder.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { Session } from "../graph/session.ts";
import { audioEncoder } from "./audio-encoder.ts";
import { exportBundle } from "./bundle.ts";
import type { Architecture } from "./definition.ts";
import type { EncoderLayers } from "./encoder-layers.ts";
import { linearProbe } from "./linear-probe.ts";
import { loadModel } from "./load-model.ts";
import { linearDistance, type OodReference } from "./ood-distance.ts";
import { readModelCard } from "./model-card.ts";
import { exportSelfContained } from "./self-contained.ts";
import { SpeechEncoder } from "./speech-encoder.ts";

const labels = ["calm", "sad", "angry"];
const longestSec = 2;
const selection: EncoderLayers = { name: "moonshine-tiny", layers: [1, 3] };
const width = 2 * 2 * 288;

const bundle = (architecture: Architecture, oodReference?: OodReference): Uint8Array =>
  exportBundle({
    architecture,
    frontEnd,
    speechEncoders: { encoders: [{ ...selection, tuned: 0 }], longestSec },
    oodReference,
    weights: firstWeights(architecture),
    card: { name: "probe", labels, temperature: 2, provenance: { corpora: ["x"] } },
  });

const given = { encoders: [selection], longestSec };
const linear = linearProbe.schema.parse({ kind: "linear-probe", ...given });
const deep = audioEncoder.schema.parse({ kind: "audio-encoder", ...given });
const probe = bundle(linearProbe.architecture!(linear, { classes: 3 }), {
  distance: (embedding) => linearDistance(embedding, new Float32Array(width + 1).fill(0.01)),
  card: { notSpeech: { maxScore: 0.5 } },
});
const encoder = tinyEncoderFile();
const openEncoder = () => SpeechEncoder.open(nodeRuntime, encoder, { ...selection, threads: 1 });

describe("a linear probe with its encoder in one file", async () => {
  const file = exportSelfContained(probe, encoder);
  const session = await Session.open(nodeRuntime, file, { threads: 1 });
  afterAll(() => session.close());
  const outputs = (rows: readonly Float32Array[]) => {
    const data = Float32Array.from(rows.flatMap((row) => [...row]));
    return session.run({ waveform: { data, shape: [rows.length, rows[0]!.length] } });
  };

  test("takes one input, and its card names no encoder", () => {
    expect(session.inputNames).toEqual(["waveform"]);
    const card = readModelCard(file);
    expect(card).toMatchObject({ labels, temperature: 2, sampleRate: 16_000, windowSec: 2 });
    expect(card.encoders).toBeUndefined();
    expect(card.provenance).toEqual({ corpora: ["x"] });
  });

  test("predicts what the probe does, at any level", async () => {
    const apart = await loadModel(probe, nodeRuntime, { threads: 1, openEncoder });
    const samples = whiteNoise(32_000, 1).map((value) => 0.3 * value);
    const [expected] = await apart.predict([samples]);
    const { probabilities, distance } = await outputs([samples, samples.map((x) => x / 50)]);
    for (const row of [0, 1]) {
      expect(distance![row]).toBeCloseTo(expected!.distance!, 3);
      for (const [label, p] of expected!.probabilities.entries())
        expect(probabilities![3 * row + label]).toBeCloseTo(p, 4);
    }
    await apart.close();
  });

  test("takes half a second, and digital silence", async () => {
    const { probabilities } = await outputs([new Float32Array(8000)]);
    const [a, b, c] = probabilities!;
    expect(a! + b! + c!).toBeCloseTo(1, 5);
  });
});

test("other models do not fit into one file", () => {
  expect(() =>
    exportSelfContained(bundle(audioEncoder.architecture!(deep, { classes: 3 })), encoder),
  ).toThrow(expect.objectContaining({ code: "model-invalid" }));
  expect(() => exportSelfContained(probe, encoder.subarray(0, 500))).toThrow(
    expect.objectContaining({ code: "model-invalid" }),
  );
});
