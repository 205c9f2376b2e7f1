import { voiceActivityOf } from "../../test/support/voice-activity.ts";
import { beforeAll, expect, test } from "vitest";
import { leaking, placed, sentence } from "../../test/support/conversation.ts";
import { loudnessModel } from "../../test/support/loudness-model.ts";
import { recognizeAll, recognizeSamples } from "../../test/support/recognize.ts";
import type { Transcriber } from "../transcription/transcript.ts";
import type { Segment, WindowModel } from "./analysis.ts";
import { checkSpeakers } from "./channel-speakers.ts";
import type { Recognized, RecognizeOptions } from "./recognize.ts";

const sampleRate = 16_000;
const models = { voice: loudnessModel };
const turns = (speaker: number, level: number, times: readonly number[]): Float32Array =>
  placed(
    24,
    times.map((atSec, n) => ({ atSec, sound: sentence(speaker, n, level) })),
  );

/** Loud from the start, and at 12 s while the other one speaks. */
const agent = turns(1, 0.2, [1, 12]);
/** Quiet. */
const customer = turns(2, 0.01, [6, 13, 19]);
const silence = new Float32Array(agent.length);

const recognized = (
  channels: Float32Array | readonly Float32Array[],
  options: RecognizeOptions = {},
): Promise<Recognized> => recognizeSamples(channels, models, { sampleRate, ...options });

const spoken = ({ segments }: Pick<Recognized, "segments">): Segment[] =>
  segments.filter(({ emotion }) => emotion !== null);

const loudest = (some: readonly Float32Array[]): number =>
  Math.max(...some.map((samples) => samples.reduce((most, x) => Math.max(most, Math.abs(x)), 0)));

/** Seconds at which the second speaker begins to speak. */
const startsOf = (some: readonly Segment[]): number[] =>
  some.filter(({ channel }) => channel === 2).map(({ startSec }) => Math.round(startSec));

let call: Recognized;
beforeAll(async () => {
  call = await recognized([agent, customer], { reference: "training" });
});

test("each channel is a speaker, and pauses are where nobody speaks", () => {
  expect(spoken(call).map(({ channel, speaker, emotion }) => [channel, speaker, emotion])).toEqual([
    [1, "speaker 1", "angry"],
    [2, "speaker 2", "sad"],
    [1, "speaker 1", "angry"],
    [2, "speaker 2", "sad"],
    [2, "speaker 2", "sad"],
  ]);
  let spokenSec = 0;
  for (const { startSec, endSec, emotion, channel, speaker } of call.segments) {
    expect(startSec).toBeLessThanOrEqual(spokenSec);
    const isPause = emotion === null && startSec === spokenSec;
    expect([channel, speaker].includes(null)).toBe(isPause);
    spokenSec = Math.max(spokenSec, endSec);
  }
  expect(spokenSec).toBe(24);
  expect(call.durationSec).toBe(24);
});

test("each speaker has a summary, a reference and the time that both speak", async () => {
  const { speakers, summary } = call;
  expect(speakers.map(({ speaker, channel }) => [speaker, channel])).toEqual([
    ["speaker 1", 1],
    ["speaker 2", 2],
  ]);
  const [first, second] = speakers;
  expect(first!.summary).toMatchObject({ dominantEmotion: "angry", shares: { angry: 1 } });
  expect(second!.summary).toMatchObject({ dominantEmotion: "sad", shares: { sad: 1 } });
  expect(first!.overlapSec).toBe(second!.overlapSec);
  const [, , agentAgain, customerAgain] = spoken(call);
  expect(first!.overlapSec).toBeCloseTo(agentAgain!.endSec - customerAgain!.startSec, 2);
  expect(summary.speechSec).toBeCloseTo(first!.summary.speechSec + second!.summary.speechSec, 2);
});

test("a channel is held against its own speech, as if it were the recording", async () => {
  const ordinary = {
    neutralShare: 0.7,
    speakerShare: 0.5,
    bias: { adapted: 0, unknown: 0 },
    evidence: [0, 1],
  };
  const voice: WindowModel = { ...loudnessModel, card: { ...loudnessModel.card, ordinary } };
  const together = await recognizeSamples([agent, customer], { voice }, { sampleRate });
  for (const [n, channel] of [agent, customer].entries()) {
    const alone = await recognizeSamples(channel, { voice }, { sampleRate });
    const own = spoken(together).filter((segment) => segment.channel === n + 1);
    const named = { channel: n + 1, speaker: `speaker ${n + 1}` };
    expect(own).toEqual(spoken(alone).map((segment) => ({ ...segment, ...named })));
    expect(together.speakers[n]).toMatchObject({
      reference: alone.reference,
      summary: alone.summary,
    });
  }
});

test("roles name the channels, the rest are numbered", async () => {
  const options = { channels: "split", roles: ["agent"] } as const;
  const { speakers } = await recognized([silence, customer, agent], options);
  expect(speakers.map(({ speaker, channel }) => [speaker, channel])).toEqual([
    ["speaker 3", 3],
    ["speaker 2", 2],
    ["agent", 1],
  ]);
  expect(speakers[2]).toMatchObject({ summary: { speechSec: 0 }, overlapSec: 0 });
});

test("whoever is left out is neither predicted nor transcribed", async () => {
  const windows: Float32Array[] = [];
  const transcribed: Float32Array[] = [];
  const voice: WindowModel = {
    ...loudnessModel,
    predict: async (given) => {
      windows.push(...given);
      return loudnessModel.predict(given);
    },
  };
  const voiceActivity = voiceActivityOf((frame) => (frame.some((x) => Math.abs(x) > 1e-4) ? 1 : 0));
  const transcriber: Transcriber = {
    name: "fake",
    transcribe: async (samples) => {
      transcribed.push(samples);
      return { text: "Well then", confidence: 1 };
    },
    close: async () => undefined,
  };
  const using = { voice, transcription: { transcriber, voiceActivity } };
  const asked = { sampleRate, roles: ["agent", "customer"] };
  const only = await recognizeSamples([agent, customer], using, { ...asked, only: ["customer"] });
  expect(loudest(windows)).toBeLessThan(0.1);
  expect(loudest(transcribed)).toBeLessThan(0.1);
  expect(only.speakers.map(({ speaker }) => speaker)).toEqual(["customer"]);
  expect(new Set(only.segments.map(({ speaker }) => speaker))).toEqual(new Set([null, "customer"]));
  expect(only.segments[0]).toMatchObject({ startSec: 0, emotion: null });
  expect(only.segments.at(-1)?.endSec).toBe(24);

  const all = await recognizeSamples([agent, customer], using, asked);
  expect(spoken(all).map(({ speaker, text }) => [speaker, text])).toEqual(
    ["agent", "customer", "agent", "customer", "customer"].map((name) => [name, "Well then"]),
  );
  expect(all.transcript).toMatchObject({
    channels: 2,
    utterances: [{ channel: 1 }, { channel: 2 }, {}, {}, {}],
  });
});

test("a transcript that is known is told by channel, and one of another kind is not used", async () => {
  const utterances = [
    { startSec: 1, endSec: 3, text: "Good morning", confidence: 1, channel: 1 },
    { startSec: 6, endSec: 8, text: "Hello", confidence: 1, channel: 2 },
  ];
  const recording = { blocks: [[agent, customer]], sampleRate, warnings: [] };
  const known = await recognizeAll(
    { ...recording, transcript: { utterances, channels: 2 } },
    models,
  );
  expect(spoken(known).slice(0, 2)).toMatchObject([
    { speaker: "speaker 1", text: "Good morning" },
    { speaker: "speaker 2", text: "Hello" },
  ]);
  const mixed = await recognizeAll({ ...recording, transcript: { utterances } }, models);
  expect(spoken(mixed).every(({ text }) => text === "")).toBe(true);
});

test("cross-talk is not told twice", async () => {
  const leaky = leaking(customer, agent, { gain: 0.02, delaySec: 0.03 });
  const { segments, warnings } = await recognized([agent, leaky], { channels: "split" });
  expect(startsOf(segments)).toEqual(startsOf(call.segments));
  expect(warnings).toEqual([expect.stringContaining("Cross-talk")]);
});

test("two voices are split and that is said; mono, and what holds one sound, has no speakers", async () => {
  const two = await recognized([agent, customer]);
  expect(two.warnings).toEqual([expect.stringContaining("different voices")]);
  const mono = await recognized(agent);
  expect(mono.speakers).toEqual([]);
  expect(new Set(mono.segments.map(({ channel, speaker }) => channel ?? speaker))).toEqual(
    new Set([null]),
  );
  expect(await recognized([agent, agent])).toEqual(mono);
  expect(await recognized([agent, silence])).toEqual(mono);
  expect(await recognized([silence, agent])).toEqual(mono);
  const { warnings, ...opposite } = await recognized([agent, agent.map((x) => -x)]);
  expect({ ...opposite, warnings: [] }).toEqual(mono);
  expect(warnings).toEqual([expect.stringContaining("opposite phase")]);
});

test("with roles, a party who never speaks is one of the speakers", async () => {
  const roles = ["agent", "customer"];
  const { speakers } = await recognized([agent, silence], { roles });
  expect(speakers.map(({ speaker, summary }) => [speaker, summary.dominantEmotion])).toEqual([
    ["agent", "angry"],
    ["customer", null],
  ]);
});

test("one sound in both channels is told of when it is split", async () => {
  const { warnings, speakers } = await recognized([agent, agent], { channels: "split" });
  expect(speakers).toHaveLength(2);
  expect(warnings).toEqual([expect.stringContaining("same sound")]);
});

test.each([
  [[agent, customer], { only: ["custmer"], roles: ["agent", "customer"] }, /agent, customer/],
  [[agent, customer], { only: ["customer"] }, /speaker 1, speaker 2/],
  [[agent, customer], { roles: ["agent", "customer", "boss"] }, /2 channels/],
  [[agent], { only: ["speaker 1"] }, /one channel/],
  [[agent, agent], { only: ["speaker 1"] }, /one sound/],
] as const)("names that do not fit the recording: %#", async (channels, options, message) => {
  await expect(recognized(channels, options)).rejects.toMatchObject({
    code: "usage",
    message: expect.stringMatching(message),
  });
});

test.each([
  { roles: ["agent", "agent"] },
  { roles: ["agent", " "] },
  { roles: [] },
  { only: [] },
  { only: [""] },
])("%j is a mistake of the caller", (options) => {
  expect(() => checkSpeakers("analyze", options)).toThrow(RangeError);
});

test("one channel has nobody to be named by a role", async () => {
  const { segments, warnings } = await recognized([agent], { roles: ["agent", "customer"] });
  expect(segments.every(({ speaker }) => speaker === null)).toBe(true);
  expect(warnings).toEqual([expect.stringContaining("nobody is named")]);
});
