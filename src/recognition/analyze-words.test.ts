import { expect, test } from "vitest";
import { loudnessModel } from "../../test/support/loudness-model.ts";
import { recognizeAll } from "../../test/support/recognize.ts";
import { inSequence, synthesizeVoice } from "../../test/support/voice.ts";
import { wordModel } from "../../test/support/word-model.ts";
import type { Transcript } from "../models/example.ts";
import type { Utterance } from "../transcription/transcript.ts";
import type { ChannelModels, WindowModel } from "./analysis.ts";
import type { Recognized } from "./recognize.ts";

const sampleRate = 16_000;
const silence = (seconds: number): Float32Array => new Float32Array(seconds * sampleRate);
const voice = (seconds: number, level: number): Float32Array =>
  synthesizeVoice(seconds, { sampleRate, level });
/** Speech from 1 to 5, 7 to 10 and 14 to 17 s: loud, quiet, quiet. */
const samples = inSequence(
  silence(1),
  voice(4, 0.9),
  silence(2),
  voice(3, 0.06),
  silence(4),
  voice(3, 0.06),
);

/** The voice says sad (quiet) or angry (loud); of the words it knows sad alone. */
const models: ChannelModels = { voice: loudnessModel, words: wordModel };
const glad: Utterance = { startSec: 0.8, endSec: 5.2, text: "So glad to see you", confidence: 1 };
const sorry: Utterance = { startSec: 6.9, endSec: 10.3, text: "I am sorry", confidence: 0.8 };

const analyze = (
  utterances: readonly Utterance[],
  { blockSec = 30, using = models }: { blockSec?: number; using?: ChannelModels } = {},
): Promise<Recognized> => {
  const length = blockSec * sampleRate;
  const blocks = Array.from({ length: Math.ceil(samples.length / length) }, (_, i) => [
    samples.subarray(i * length, (i + 1) * length),
  ]);
  return recognizeAll({ blocks, sampleRate, warnings: [], transcript: { utterances } }, using);
};

test("each utterance is a segment with both channels; speech without words is the voice's", async () => {
  const analysis = await analyze([glad, sorry]);
  expect(analysis).toMatchObject({ durationSec: 17, warnings: [] });
  const [before, first, between, second, pause, third] = analysis.segments;
  expect(analysis.segments).toHaveLength(6);
  expect([before, between, pause].map((segment) => segment?.emotion)).toEqual([null, null, null]);
  expect(first).toMatchObject({
    startSec: 0.8,
    endSec: 5.2,
    text: "So glad to see you",
    voice: { emotion: "angry" },
    words: { emotion: "happy", confidence: 0.9, transcriptConfidence: 1 },
    disagree: true,
  });
  expect(second).toMatchObject({
    startSec: 6.9,
    endSec: 10.3,
    emotion: "sad",
    voice: { emotion: "sad" },
    words: { emotion: "sad", transcriptConfidence: 0.8 },
    disagree: false,
  });
  expect(third).toMatchObject({ text: "", emotion: "sad", words: null, disagree: false });
  expect(third).toMatchObject({ ...third?.voice });
  expect(Math.abs(third!.startSec - 14)).toBeLessThan(0.25);
  for (const [i, { startSec }] of analysis.segments.entries()) {
    expect(startSec).toBe(analysis.segments[i - 1]?.endSec ?? 0);
  }
  expect(Math.abs(analysis.summary.speechSec - 10)).toBeLessThan(0.6);
});

test("a transcript without utterances changes nothing", async () => {
  const alone = await recognizeAll({ blocks: [[samples]], sampleRate, warnings: [] }, models);
  expect(await analyze([])).toEqual(alone);
  expect(alone.transcriber).toBeNull();
});

const spoken = ({ segments }: Recognized): unknown[] => segments.filter(({ words }) => words);

test("what comes in small blocks gives what comes whole", async () => {
  const whole = await analyze([glad, sorry]);
  for (const blockSec of [1, 7]) {
    expect(spoken(await analyze([glad, sorry], { blockSec }))).toEqual(spoken(whole));
  }
});

test("an utterance is transcribed where nobody seems to speak, and ends with the recording", async () => {
  const whispered: Utterance = { ...glad, startSec: 5.3, endSec: 6.7 };
  const last: Utterance = { ...sorry, startSec: 14, endSec: 17.4 };
  const { segments } = await analyze([whispered, last]);
  const texts = segments.filter(({ text }) => text !== "");
  expect(texts).toMatchObject([
    { startSec: 5.3, endSec: 6.7 },
    { startSec: 14, endSec: 17 },
  ]);
  expect(segments.at(-1)?.endSec).toBe(17);
});

test("an utterance in another language keeps its text and has the voice alone, and that is said", async () => {
  const { segments, warnings, language } = await analyze([{ ...glad, language: "de" }, sorry]);
  expect(segments[1]).toMatchObject({
    emotion: "angry",
    text: glad.text,
    language: "de",
    words: null,
  });
  expect(segments[3]?.language).toBeNull();
  expect(language).toBe("de");
  expect(segments[3]?.words?.emotion).toBe("sad");
  expect(warnings).toEqual([expect.stringMatching(/^1 of 2 utterances are in "de".*English only/)]);
});

test("an utterance of a language that nobody knows has the voice alone, and its share is said", async () => {
  const untold = { ...glad, text: "", confidence: 0, language: "und" };
  const known = { ...sorry, language: "en" };
  const { segments, warnings, language } = await analyze([untold, known]);
  expect(segments[1]).toMatchObject({ emotion: "angry", text: "", language: "und", words: null });
  expect(segments[3]).toMatchObject({ language: "en", words: { emotion: "sad" } });
  expect(language).toBe("und");
  expect(warnings).toEqual([expect.stringMatching(/^56 % of the speech is not English/)]);
});

test("a model of audio and text predicts from both, and from audio alone as well", async () => {
  const given: (Transcript | undefined)[] = [];
  const reading: WindowModel = {
    card: { ...loudnessModel.card, words: { length: 4, vocabulary: ["glad"] } },
    predict: async (windows, words = []) => {
      given.push(...words);
      return windows.map((_, i) => ({
        probabilities: words[i] ? Float32Array.of(1, 0) : Float32Array.of(0.2, 0.8),
      }));
    },
  };
  const { segments } = await analyze([glad], { using: { voice: reading, words: wordModel } });
  expect(segments[1]).toMatchObject({
    emotion: "sad",
    voice: { emotion: "angry", confidence: 0.8 },
    words: { emotion: "happy" },
  });
  expect(new Set(given)).toEqual(new Set([undefined, expect.objectContaining(glad)]));
});

test("a model that reads with no numbers is refused", async () => {
  const damaged = { ...wordModel, probabilities: async () => [Float32Array.of(Number.NaN, 1, 0)] };
  const analysis = analyze([glad], { using: { voice: loudnessModel, words: damaged } });
  await expect(analysis).rejects.toMatchObject({ code: "model-invalid" });
});
