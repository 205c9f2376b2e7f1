/** Runs with the published models where they are on this machine, and is skipped where they are not. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { modelFiles } from "../downloads/model-files.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { Session } from "../graph/session.ts";
import { publishedFiles } from "../shared/published-files.ts";
import { Random } from "../shared/random.ts";
import { inSequence, synthesizeVoice } from "../../test/support/voice.ts";
import { SpeechEncoder } from "../models/speech-encoder.ts";
import { crossGraph, heads, stepGraph } from "./moonshine-graphs.ts";
import { readDecoderWeights } from "./moonshine-weights.ts";
import { moonshineSizes, openMoonshine, type Moonshine } from "./moonshine.ts";
import { Silero } from "./silero.ts";
import { TranscriptionThread } from "./transcription-thread.node.ts";
import { RecordingTranscriber } from "./transcribe-recording.ts";
import type { Utterance } from "./transcript.ts";
import { UtteranceFinder } from "./utterances.ts";

const sampleRate = 16_000;
const here = async <T>(files: Promise<T>): Promise<T | undefined> => files.catch(() => undefined);
const silero = await here(modelFiles("silero-vad", { offline: true }));
const moonshine = await here(modelFiles("moonshine-tiny", { offline: true }));

const sound = (sec: number, sample: (n: number) => number): Float32Array =>
  Float32Array.from({ length: sec * sampleRate }, (_, n) => sample(n));

describe.skipIf(silero === undefined)("Silero", () => {
  let voiceActivity: Silero;
  beforeAll(async () => {
    voiceActivity = await Silero.open(nodeRuntime, await readFile(silero!.model));
  });
  afterAll(() => voiceActivity.close());

  const scores = (samples: Float32Array): Promise<Float32Array> =>
    voiceActivity.start().score(samples.subarray(0, samples.length - (samples.length % 512)));

  test("scores frame by frame as the published graph does, in blocks of any length", async () => {
    const samples = synthesizeVoice(3, { sampleRate, level: 0.5 }).subarray(0, 60 * 512);
    const published = await publishedScores(await readFile(silero!.model), samples);
    const scorer = voiceActivity.start();
    const found: number[] = [];
    for (const [start, end] of [
      [0, 1],
      [1, 8],
      [8, 60],
    ] as const) {
      found.push(...(await scorer.score(samples.subarray(512 * start, 512 * end))));
    }
    expect(Math.max(...found)).toBeGreaterThan(0.8);
    for (const [n, score] of found.entries()) {
      expect(Math.abs(score - published[n]!)).toBeLessThan(2e-6);
    }
  });

  test("in a thread it finds the same", async () => {
    const samples = synthesizeVoice(3, { sampleRate, level: 0.5 }).subarray(0, 60 * 512);
    const thread = TranscriptionThread.start(undefined);
    const activity = await thread.openActivity(silero!.model);
    const scorer = activity.start();
    const first = await scorer.score(samples.subarray(0, 20 * 512));
    const rest = await scorer.score(samples.subarray(20 * 512));
    const own = voiceActivity.start();
    expect(first).toEqual(await own.score(samples.subarray(0, 20 * 512)));
    expect(rest).toEqual(await own.score(samples.subarray(20 * 512)));
    await activity.close();
    await expect(scorer.score(samples)).rejects.toThrow("ended");
  });

  test.skipIf(moonshine === undefined)(
    "a thread is closed after what it is at, also a decoder that opens",
    async () => {
      const thread = TranscriptionThread.start(undefined);
      const activity = await thread.openActivity(silero!.model);
      await thread.openDecoder({
        file: moonshine!.decoder,
        sha256: publishedFiles["moonshine-tiny"].decoder.sha256,
        size: moonshineSizes.tiny,
      });
      const scoring = activity.start().score(new Float32Array(60 * 512));
      const decoding = thread.decode([]);
      await thread.close();
      expect(await scoring).toHaveLength(60);
      expect(await decoding).toEqual([]);
    },
  );

  test("a made-up voice is speech, from its start to its end", async () => {
    const samples = inSequence(
      new Float32Array(2 * sampleRate),
      synthesizeVoice(3, { sampleRate, level: 0.5 }),
      new Float32Array(2 * sampleRate),
    );
    const spans = [];
    const finder = new UtteranceFinder({ voiceActivity });
    for (const found of [finder.push(samples), finder.finish()]) {
      for await (const { startSec, samples: spoken } of found) {
        spans.push([startSec, startSec + spoken.length / sampleRate]);
      }
    }
    expect(spans).toEqual([[expect.closeTo(1.6, 0), expect.closeTo(5.4, 0)]]);
  });

  test("streams do not disturb each other and begin anew", async () => {
    const voice = synthesizeVoice(1, { sampleRate, level: 0.5 });
    const alone = await scores(voice);
    const [again] = await Promise.all([scores(voice), scores(sound(1, () => 0))]);
    expect(again).toEqual(alone);
  });

  test.skipIf(moonshine === undefined)(
    "there are no words in silence, white noise and a 440 Hz tone",
    async () => {
      const model = await openTiny();
      const random = new Random(1);
      for (const samples of [
        sound(10, () => 0),
        sound(10, () => random.uniform(-0.3, 0.3)),
        sound(10, () => random.uniform(-1, 1)),
        sound(10, (n) => 0.5 * Math.sin((2 * Math.PI * 440 * n) / sampleRate)),
      ]) {
        const utterances: Utterance[] = [];
        const recording = new RecordingTranscriber({ transcriber: model, voiceActivity });
        for await (const utterance of recording.push(samples)) utterances.push(utterance);
        for await (const utterance of recording.finish()) utterances.push(utterance);
        expect(utterances).toEqual([]);
      }
      await model.close();
    },
  );
});

const part = (of: Float32Array, at: number): Float32Array => of.subarray(512 * at, 512 * (at + 1));

/** Scores of the published graph, fed as its authors do, also an octave lower. */
async function publishedScores(model: Uint8Array, samples: Float32Array): Promise<number[]> {
  const session = await Session.open(nodeRuntime, model, { threads: 1 });
  const stream = () => {
    let state: Float32Array = new Float32Array(256);
    const input = new Float32Array(576);
    return async (frame: Float32Array): Promise<number> => {
      input.copyWithin(0, 512);
      input.set(frame, 64);
      const outputs = await session.run({
        input: { data: input, shape: [1, 576] },
        state: { data: state, shape: [2, 1, 128] },
        sr: { data: BigInt64Array.of(16_000n), shape: [] },
      });
      state = outputs["stateN"]!;
      return outputs["output"]![0]!;
    };
  };
  const [asIs, lower] = [stream(), stream()];
  const slowed = Float32Array.from({ length: 2 * samples.length }, (_, n) =>
    n % 2 === 1 ? samples[n >> 1]! : ((samples[(n >> 1) - 1] ?? 0) + samples[n >> 1]!) / 2,
  );
  const scores: number[] = [];
  for (let n = 0; n < samples.length / 512; n++) {
    const own = await asIs(part(samples, n));
    const halves = [await lower(part(slowed, 2 * n)), await lower(part(slowed, 2 * n + 1))];
    scores.push(Math.max(own, ...halves));
  }
  await session.close();
  return scores;
}

async function openTiny(layers?: readonly number[]): Promise<Moonshine> {
  const [encoder, decoder] = await Promise.all([
    readFile(moonshine!.encoder),
    readFile(moonshine!.decoder),
  ]);
  return openMoonshine(nodeRuntime, "tiny", { encoder, decoder, threads: 1, layers });
}

describe.skipIf(moonshine === undefined)("Moonshine", () => {
  test("noise without voice activity has no words either, and any length is taken", async () => {
    const model = await openTiny();
    const random = new Random(2);
    for (const sec of [0, 0.01, 0.5, 3]) {
      const noise = sound(sec, () => random.uniform(-0.1, 0.1));
      expect(await model.transcribe(noise)).toMatchObject({ text: "", confidence: 0 });
    }
    await model.close();
  });

  test("utterances decoded together have the words and probabilities of each alone, bit for bit", async () => {
    const model = await openTiny();
    const voices = [1, 2, 3].map((seed) => synthesizeVoice(seed, { sampleRate, level: 0.5 }));
    const utterances = voices.map((voice, n) => voice.subarray(0, (2 + n) * sampleRate));
    const together = await model.decode(
      await Promise.all(utterances.map((samples) => model.encode(samples))),
    );
    for (const [n, utterance] of utterances.entries()) {
      expect(await model.transcribe(utterance)).toEqual(together[n]);
    }
    await model.close();
  });

  test("layers that come with words are those of the encoder by itself", async () => {
    const layers = [0, 2];
    const model = await openTiny(layers);
    const encoder = await SpeechEncoder.open(nodeRuntime, await readFile(moonshine!.encoder), {
      name: "moonshine-tiny",
      layers,
      threads: 1,
    });
    const voice = synthesizeVoice(1, { sampleRate, level: 0.5 });
    const { layers: given } = await model.transcribe(voice);
    const own = await encoder.encodeWhole(voice);
    for (const [n, layer] of own.entries()) {
      const differences = layer.map((value, i) => Math.abs(value - given![n]![i]!));
      expect(Math.max(...differences)).toBeLessThan(1e-3);
      expect(given![n]).toHaveLength(layer.length);
    }
    await encoder.close();
    await model.close();
  });

  test("signed and unsigned bytes are decoded to the same words", async () => {
    const file = await readFile(moonshine!.decoder);
    const weights = readDecoderWeights(file);
    const size = moonshineSizes.tiny;
    const random = new Random(4);
    const width = heads * size.headSize;
    const states = {
      data: Float32Array.from({ length: 64 * width }, () => random.uniform(-2, 2)),
      shape: [1, 64, width],
    };
    const outputs = [];
    for (const areSigned of [true, false]) {
      const cross = await Session.open(nodeRuntime, crossGraph(weights, size, { areSigned }));
      const step = await Session.open(nodeRuntime, stepGraph(weights, size, { areSigned }));
      const held = await cross.hold({ states });
      const none = (shape: readonly number[]) => ({ data: new Float32Array(32 * width), shape });
      const layers = Array.from({ length: size.layers }, (_, layer) => [
        [`keys.${layer}`, none([1, heads, size.headSize, 32])] as const,
        [`values.${layer}`, none([1, heads, 32, size.headSize])] as const,
      ]);
      const feeds = {
        ids: { data: BigInt64Array.of(1n), shape: [1] },
        position: { data: Float32Array.of(0), shape: [1] },
        mask: { data: new Float32Array(32).fill(-Infinity), shape: [32] },
        crossMask: { data: new Float32Array(64), shape: [1, 1, 1, 64] },
        ...Object.fromEntries(layers.flat()),
      };
      outputs.push(await step.run(feeds, undefined, held));
      await Promise.all([cross.close(), step.close()]);
    }
    expect(outputs[0]).toEqual(outputs[1]);
  });

  test("a decoder in a thread finds the same words, and ends when it is told", async () => {
    const encoder = await readFile(moonshine!.encoder);
    const plain = await openTiny();
    const { sha256 } = publishedFiles["moonshine-tiny"].decoder;
    const decoder = { file: moonshine!.decoder, sha256, size: moonshineSizes.tiny };
    const beside = await openMoonshine(nodeRuntime, "tiny", {
      encoder,
      decoder: TranscriptionThread.start(undefined).openDecoder(decoder),
    });
    const voice = synthesizeVoice(1, { sampleRate, level: 0.5 });
    expect(beside.worksBeside).toBe(true);
    expect(await beside.transcribe(voice)).toEqual(await plain.transcribe(voice));
    const abort = new AbortController();
    const cancelled = beside.transcribe(voice, { signal: abort.signal });
    abort.abort();
    await expect(cancelled).rejects.toMatchObject({ code: "cancelled" });
    const [left] = await Promise.allSettled([beside.transcribe(voice), beside.close()]);
    expect(left.status).toBe("rejected");
    await plain.close();
    const thread = TranscriptionThread.start(undefined);
    const wrong = thread.openDecoder({ ...decoder, file: encoder });
    await expect(wrong).rejects.toMatchObject({ code: "model-invalid" });
  });
});
