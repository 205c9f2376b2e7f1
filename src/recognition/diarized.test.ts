import { voiceActivityOf } from "../../test/support/voice-activity.ts";
import { expect, test } from "vitest";
import { placed, sentence } from "../../test/support/conversation.ts";
import { loudnessModel } from "../../test/support/loudness-model.ts";
import { recognizeSamples } from "../../test/support/recognize.ts";
import type { Turn } from "../shared/turns.ts";
import type { Transcriber } from "../transcription/transcript.ts";
import { LocalEngine } from "./local-engine.ts";
import type { Recognized, RecognizeOptions } from "./recognize.ts";

const sampleRate = 16_000;
const models = { voice: loudnessModel };
/** A loud voice and a quiet one take turns at once, without pauses between them; the loud one speaks again after one. */
const order = [
  { speaker: "anna", level: 0.2 },
  { speaker: "ben", level: 0.02 },
  { speaker: "anna", level: 0.2 },
  { speaker: "ben", level: 0.02 },
];
const pauseSec = 0.05;
const { recording, turns } = conversation();

function conversation(): { recording: Float32Array; turns: Turn[] } {
  const sounds: { atSec: number; sound: Float32Array }[] = [];
  const spoken: Turn[] = [];
  let atSec = 1;
  for (const [take, { speaker, level }] of order.entries()) {
    const sound = sentence(speaker === "anna" ? 1 : 2, take, level);
    sounds.push({ atSec, sound });
    const endSec = atSec + sound.length / sampleRate;
    spoken.push({ startSec: atSec, endSec, speaker });
    atSec = endSec + pauseSec;
  }
  return { recording: placed(16, sounds), turns: spoken };
}

const recognized = (options: RecognizeOptions): Promise<Recognized> =>
  recognizeSamples(recording, models, { sampleRate, reference: "training", ...options });

/** Whom each segment with speech crosses: the turns that it shares time with. */
const spoken = ({ segments }: Recognized): (string | null)[][] =>
  segments
    .filter(({ emotion }) => emotion !== null)
    .map(({ startSec, endSec, speaker, emotion }) => [
      speaker,
      emotion,
      turns
        .filter((turn) => turn.startSec < endSec - 1e-3 && turn.endSec > startSec + 1e-3)
        .map((turn) => turn.speaker)
        .join(" "),
    ]);

const powerOf = (samples: Float32Array): number =>
  samples.reduce((sum, x) => sum + x * x, 0) / samples.length;

test("segments are cut at turns, and nobody is in another one's", async () => {
  const all = await recognized({ turns });
  expect(spoken(all)).toEqual([
    ["anna", "angry", "anna"],
    ["ben", "sad", "ben"],
    ["anna", "angry", "anna"],
    ["ben", "sad", "ben"],
  ]);
  expect(all.segments[0]).toMatchObject({ startSec: 0, emotion: null });
  expect(all.segments.at(-1)!.endSec).toBe(16);
  expect(all.durationSec).toBe(16);
  expect(all.speakers).toMatchObject([
    { speaker: "anna", channel: null, overlapSec: 0, summary: { dominantEmotion: "angry" } },
    { speaker: "ben", channel: null, overlapSec: 0, summary: { dominantEmotion: "sad" } },
  ]);
});

test("without turns the same recording holds both in its segments", async () => {
  expect(spoken(await recognized({})).some(([, , who]) => who?.includes("anna ben"))).toBe(true);
});

test("roles name speakers by their first words, and others are left out", async () => {
  const roles = ["agent", "customer"];
  const only = await recognized({ turns, roles, only: ["customer"] });
  expect(spoken(only)).toEqual([
    ["customer", "sad", "ben"],
    ["customer", "sad", "ben"],
  ]);
  await expect(recognized({ turns, roles, only: ["boss"] })).rejects.toMatchObject({
    code: "usage",
  });
  const nobody = await recognized({ turns: [] });
  expect(nobody.segments).toMatchObject([{ startSec: 0, endSec: 16, emotion: null }]);
  expect(nobody.speakers).toEqual([]);
});

test("utterances are transcribed turn by turn", async () => {
  const voiceActivity = voiceActivityOf((frame) => (frame.some((x) => Math.abs(x) > 1e-4) ? 1 : 0));
  const levels: number[] = [];
  const transcriber: Transcriber = {
    name: "fake",
    transcribe: async (samples) => {
      levels.push(Math.max(...samples.map(Math.abs)));
      return { text: "Well then", confidence: 1 };
    },
    close: async () => undefined,
  };
  const using = { ...models, transcription: { transcriber, voiceActivity } };
  const all = await recognizeSamples(recording, using, { sampleRate, turns });
  expect(levels.filter((level) => level > 0.1)).toHaveLength(2);
  expect(spoken(all).map(([speaker, , who]) => [speaker, who])).toEqual(
    order.map(({ speaker }) => [speaker, speaker]),
  );
  expect(all.segments.filter(({ text }) => text === "Well then")).toHaveLength(4);
});

test("an engine finds the turns by a first reading", async () => {
  let closed = 0;
  const engine = new LocalEngine({
    models,
    warnings: [],
    openFile: () => Promise.reject(new Error("no file is opened")),
    openSpeakerEncoder: async () => ({
      card: { sampleRate, apart: 0.6, chanceSec: 1 },
      embed: async (samples, windows) => ({
        embeddings: windows.map(({ startSec, endSec }) => {
          const power = powerOf(samples.subarray(startSec * sampleRate, endSec * sampleRate));
          return power > 0.012 ? Float32Array.of(1, 0) : Float32Array.of(-1, 0);
        }),
        overlaps: [],
      }),
      close: async () => void closed++,
    }),
    close: async () => undefined,
  });
  const sound = {
    samples: {
      length: recording.length,
      sampleRate,
      read: async (start: number, end: number) => [recording.subarray(start, end)],
    },
  };
  const stages = new Map<string, number>();
  const analysis = await engine.analyze(sound, {
    diarize: true,
    reference: "training",
    onProgress: (doneSec, stage) => stages.set(stage, doneSec),
  });
  await engine.close();
  expect([...stages]).toEqual([
    ["diarize", 16],
    ["analyze", 16],
  ]);
  expect(analysis.speakers.map(({ speaker }) => speaker)).toEqual(["speaker 1", "speaker 2"]);
  expect(closed).toBe(1);
});
