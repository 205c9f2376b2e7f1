import { expect, test } from "vitest";
import { loudnessModel, quietModel } from "../../test/support/loudness-model.ts";
import { recognizeSamples } from "../../test/support/recognize.ts";
import { inSequence, synthesizeVoice } from "../../test/support/voice.ts";
import { enrollSpeaker } from "./enrollment.ts";

const sampleRate = 16_000;
const silence = new Float32Array(sampleRate);
const spoken = (level: number): Float32Array =>
  inSequence(silence, synthesizeVoice(4, { sampleRate, level }), silence);

test("a voice that is always loud is not always angry", async () => {
  const voice = loudnessModel;
  const samples = spoken(0.9);
  const unknown = await recognizeSamples(samples, { voice }, { sampleRate });
  const speaker = await enrollSpeaker([[samples], [samples]], voice);
  const known = await recognizeSamples(samples, { voice }, { sampleRate, speaker });
  expect(unknown.summary.dominantEmotion).toBe("angry");
  expect(speaker.offset["angry"]).toBeGreaterThan(0);
  expect(speaker.offset["angry"]! + speaker.offset["sad"]!).toBeCloseTo(0, 6);
  expect(Math.abs(speaker.speechSec - 8)).toBeLessThan(0.5);
  expect(known.summary.confidence).toBeLessThan(unknown.summary.confidence!);
  const whisper = await recognizeSamples(spoken(0.06), { voice }, { sampleRate, speaker });
  expect(whisper.summary.dominantEmotion).toBe("sad");
});

test("more neutral speech is believed more", async () => {
  const samples = spoken(0.9);
  const [once, often] = await Promise.all(
    [1, 5].map((times) =>
      enrollSpeaker(
        Array.from({ length: times }, () => [samples]),
        loudnessModel,
      ),
    ),
  );
  expect(often!.offset["angry"]).toBeGreaterThan(1.2 * once!.offset["angry"]!);
});

test("a minute weighs more than an interjection", async () => {
  const [loud, quiet] = [spoken(0.9), spoken(0.06)];
  const long = inSequence(silence, synthesizeVoice(20, { sampleRate, level: 0.9 }), silence);
  const [even, uneven] = await Promise.all(
    [[loud], [long]].map((first) => enrollSpeaker([first, [quiet]], loudnessModel)),
  );
  expect(even!.offset["angry"]).toBeGreaterThan(0);
  expect(uneven!.offset["angry"]).toBeGreaterThan(1.5 * even!.offset["angry"]!);
});

test("silence enrolls nobody, and neither does a model that cannot tell", async () => {
  await expect(enrollSpeaker([[silence]], loudnessModel)).rejects.toMatchObject({
    code: "audio-empty",
  });
  const { neutral: _, ...card } = loudnessModel.card;
  const unable = { ...loudnessModel, card };
  await expect(enrollSpeaker([[spoken(0.9)]], unable)).rejects.toMatchObject({
    code: "model-invalid",
  });
});

test("speech that is out of distribution enrolls too", async () => {
  const speaker = await enrollSpeaker([[spoken(0.9)]], quietModel);
  expect(speaker.speechSec).toBeGreaterThan(3);
});

test("a speaker of another model's emotions is a mistake", async () => {
  const speaker = { offset: { happy: 1 }, speechSec: 3, utterances: 1 };
  const analysis = recognizeSamples(spoken(0.9), { voice: loudnessModel }, { sampleRate, speaker });
  await expect(analysis).rejects.toThrow(RangeError);
});
