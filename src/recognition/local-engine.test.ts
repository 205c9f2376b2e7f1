import { voiceActivityOf } from "../../test/support/voice-activity.ts";
import { expect, test } from "vitest";
import { placed, sentence } from "../../test/support/conversation.ts";
import { loudnessModel } from "../../test/support/loudness-model.ts";
import { bytesSource } from "../audio/source.ts";
import { encodeWav } from "../audio/wav.ts";
import type { RecordingTranscript, Transcriber } from "../transcription/transcript.ts";
import type { TranscriptStore } from "../transcription/transcript-store.ts";
import { LocalEngine } from "./local-engine.ts";
import type { RecognizeOptions } from "./recognize.ts";

const agent = placed(12, [{ atSec: 1, sound: sentence(1, 0) }]);
const customer = placed(12, [{ atSec: 6, sound: sentence(2, 1) }]);
const recording = { source: bytesSource(encodeWav([agent, customer], 16_000)) };

const voiceActivity = voiceActivityOf((frame) => (frame.some((x) => Math.abs(x) > 1e-3) ? 1 : 0));

/** An engine whose transcriber counts what it is asked, and which keeps transcripts in memory. */
function counting() {
  const kept = new Map<string, RecordingTranscript>();
  const store: TranscriptStore = {
    hash: async () => "content",
    find: async (key) => kept.get(JSON.stringify(key)),
    keep: async (key, transcript) => void kept.set(JSON.stringify(key), transcript),
  };
  let asked = 0;
  const transcriber: Transcriber = {
    name: "counting",
    transcribe: async () => ({ text: `Number ${++asked}`, confidence: 1 }),
    close: async () => undefined,
  };
  const engine = new LocalEngine({
    models: { voice: loudnessModel, transcription: { transcriber, voiceActivity } },
    warnings: [],
    transcripts: store,
    openFile: () => Promise.reject(new Error("no file is opened")),
    close: async () => undefined,
  });
  const texts = async (options: RecognizeOptions): Promise<unknown[]> => {
    const { segments } = await engine.analyze(recording, options);
    return segments.flatMap(({ speaker, text }) => (text === "" ? [] : [[speaker, text]]));
  };
  return { kept, texts, asked: () => asked };
}

test("transcripts are kept by channel", async () => {
  const { texts, asked } = counting();
  const first = await texts({ roles: ["agent", "customer"] });
  expect(first).toEqual([
    ["agent", "Number 1"],
    ["customer", "Number 2"],
  ]);
  expect(await texts({ roles: ["agent", "customer"] })).toEqual(first);
  expect(await texts({})).toEqual([
    ["speaker 1", "Number 1"],
    ["speaker 2", "Number 2"],
  ]);
  expect(asked()).toBe(2);
});

test("transcripts are kept by turn, whoever they are named by", async () => {
  const { texts, asked } = counting();
  const turns = [
    { startSec: 0.9, endSec: 3.5, speaker: "anna" },
    { startSec: 5.9, endSec: 8.5, speaker: "ben" },
  ];
  const first = await texts({ turns });
  expect(first).toEqual([
    ["anna", "Number 1"],
    ["ben", "Number 2"],
  ]);
  expect(await texts({ turns })).toEqual(first);
  expect(await texts({ turns, roles: ["agent"] })).toEqual([
    ["agent", "Number 1"],
    ["ben", "Number 2"],
  ]);
  expect(asked()).toBe(2);
  expect(await texts({ turns: turns.slice(1) })).toEqual([["ben", "Number 3"]]);
});

test("the transcript of one speaker is not taken for that of all", async () => {
  const { texts, asked } = counting();
  const roles = ["agent", "customer"];
  expect(await texts({ roles, only: ["customer"] })).toEqual([["customer", "Number 1"]]);
  expect(await texts({ roles, only: ["agent"] })).toEqual([["agent", "Number 2"]]);
  expect(await texts({ roles, only: ["customer"] })).toEqual([["customer", "Number 1"]]);
  expect(await texts({ roles })).toHaveLength(2);
  expect(asked()).toBe(4);
});

test("the transcript of the mix is not taken for that of the channels", async () => {
  const { kept, texts } = counting();
  await texts({});
  const [key, transcript] = [...kept][0]!;
  const utterances = [{ startSec: 1, endSec: 11, text: "Both", confidence: 1 }];
  const { channels: _, ...mixed } = { ...transcript, utterances };
  kept.set(key, mixed);
  expect(await texts({})).toEqual([
    ["speaker 1", "Number 3"],
    ["speaker 2", "Number 4"],
  ]);
  expect(kept.get(key)).toMatchObject({ channels: 2 });
});
