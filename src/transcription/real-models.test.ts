/** Runs with the published models where they are on this machine, and is skipped where they are not. */
import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { modelFiles } from "../downloads/model-files.ts";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { Random } from "../shared/random.ts";
import { inSequence, synthesizeVoice } from "../../test/support/voice.ts";
import { openMoonshine, type Moonshine } from "./moonshine.ts";
import { Silero } from "./silero.ts";
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

  const scores = async (samples: Float32Array): Promise<number[]> => {
    const scorer = voiceActivity.start();
    const found: number[] = [];
    for (let n = 0; n + 512 <= samples.length; n += 512) {
      found.push(await scorer.score(samples.subarray(n, n + 512)));
    }
    return found;
  };

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

async function openTiny(): Promise<Moonshine> {
  const [encoder, decoder] = await Promise.all([
    readFile(moonshine!.encoder),
    readFile(moonshine!.decoder),
  ]);
  return openMoonshine(nodeRuntime, "tiny", { encoder, decoder, threads: 1 });
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
});
