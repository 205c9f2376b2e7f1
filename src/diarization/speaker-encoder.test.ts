import { expect, test } from "vitest";
import { syllables } from "../../test/sounds.ts";
import { tinyEncoderFile } from "../../test/support/speech-encoder.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { input } from "../graph/tensor.ts";
import { initialWeights, Network } from "../models/network.ts";
import { Random } from "../shared/random.ts";
import { evenLevel } from "./even-level.ts";
import { overlapLogits } from "./overlap-head.ts";
import { readSpeakerCard, speakerModel, type SpeakerCard } from "./speaker-card.ts";
import { SpeakerEncoder } from "./speaker-encoder.ts";
import { VoiceEncoder, voiceStatistics } from "./voice-frames.ts";

const encoder = { name: "moonshine-tiny", layers: [-1, 0] } as const;
const dimensions = 3;
const card: SpeakerCard = {
  name: "speakers",
  sampleRate: 16_000,
  dimensions,
  encoder: { ...encoder, layers: [...encoder.layers] },
  apart: 0.6,
  chanceSec: 1,
  overlapThreshold: 0.5,
  provenance: {},
};
/** A head that takes everything for overlap. */
const overlap = new Map(
  [...initialWeights(headOf(), new Random("head"))].map(([name, values]) => [
    name,
    name === "output.bias" ? Float32Array.of(0, 1e4) : values,
  ]),
);
const whole = { startSec: 0, endSec: 1.5 };
const speech = syllables(1.5, 16_000, { startSec: 0, endSec: 1.5 });

function headOf(): Network {
  const network = new Network("inference");
  overlapLogits(network, input("frames", [1, 1, 1, encoder.layers.length * 288]));
  return network;
}

async function statisticsOf(samples: Float32Array): Promise<Float32Array> {
  const options = { ...encoder, threads: 1 };
  const voice = await VoiceEncoder.open(nodeRuntime, tinyEncoderFile(), options);
  const found = voiceStatistics(await voice.encode(samples), whole);
  await voice.close();
  return found;
}

test("an embedding is the projection of what is left of the statistics without their mean, of length 1", async () => {
  const statistics = await statisticsOf(evenLevel(speech, 16_000));
  const random = new Random("projection");
  const mean = Float64Array.from(statistics, () => random.normal());
  const projection = Float64Array.from({ length: statistics.length * dimensions }, () =>
    random.normal(),
  );
  const model = speakerModel({ discriminant: { dimensions, mean, projection }, overlap }, card);
  expect(readSpeakerCard(model)).toEqual(card);
  const files = { model, encoder: tinyEncoderFile() };
  const opened = await SpeakerEncoder.open(nodeRuntime, files, { threads: 1 });
  const {
    embeddings: [embedding],
    overlaps,
  } = await opened.embed(speech, [whole]);
  const quietSpeech = speech.map((sample) => sample / 50);
  const {
    embeddings: [quiet, half],
  } = await opened.embed(quietSpeech, [whole, { startSec: 0, endSec: 0.75 }]);
  await opened.close();
  const expected = [0, 1, 2].map((d) =>
    statistics.reduce(
      (sum, value, i) => sum + (value - mean[i]!) * projection[i * dimensions + d]!,
      0,
    ),
  );
  const length = Math.hypot(...expected);
  for (const [d, value] of expected.entries()) {
    expect(embedding![d]).toBeCloseTo(value / length, 3);
    expect(quiet![d]).toBeCloseTo(value / length, 2);
  }
  expect(Math.hypot(...half!)).toBeCloseTo(1, 5);
  expect(half).not.toEqual(quiet);
  expect(overlaps).toEqual([{ startSec: 0, endSec: expect.closeTo(1.5, 1) }]);
});

test("statistics are finite for silence and a click too", async () => {
  const click = new Float32Array(8000);
  click[4000] = 1;
  for (const samples of [new Float32Array(0), new Float32Array(24_000), click]) {
    expect((await statisticsOf(samples)).every(Number.isFinite)).toBe(true);
  }
});

test("long speech is encoded in pieces: a window's statistics are about those of its own samples", async () => {
  const long = syllables(23, 16_000, { startSec: 0, endSec: 23 });
  const voice = await VoiceEncoder.open(nodeRuntime, tinyEncoderFile(), encoder);
  const frames = await voice.encode(long);
  await voice.close();
  const first = voiceStatistics(frames, { startSec: 0, endSec: 1.5 });
  const last = voiceStatistics(frames, { startSec: 21.5, endSec: 23 });
  for (const found of [first, last]) expect(found.every(Number.isFinite)).toBe(true);
  expect(first).toHaveLength(2 * encoder.layers.length * 288);
  expect(last).not.toEqual(first);
});

test("another ONNX file is no speaker embedding", () => {
  expect(() => readSpeakerCard(tinyEncoderFile())).toThrow(
    expect.objectContaining({ code: "model-invalid" }),
  );
});
