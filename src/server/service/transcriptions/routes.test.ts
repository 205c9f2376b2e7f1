/** OpenAI's own client against the server. */
import OpenAI, { AuthenticationError, toFile } from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { UndertoneError } from "../../../shared/errors.ts";
import { call } from "../../../../test/support/analysis.ts";
import {
  formWith,
  serviceToken,
  startTestService,
  type TestService,
} from "../../../../test/support/service.ts";
import { diarizedSchema, plainSchema, verboseSchema } from "./schemas.ts";

const asked: unknown[] = [];
let service: TestService;
let openai: OpenAI;
beforeAll(async () => {
  service = await startTestService({
    analyze: (_, recognition) => {
      asked.push(recognition);
      return Promise.resolve(call);
    },
  });
  openai = new OpenAI({ apiKey: serviceToken, baseURL: `${service.url}/v1`, maxRetries: 0 });
});
afterAll(() => service.close());

const given = async () =>
  ({ file: await toFile(Buffer.from("RIFF"), "call.wav"), model: "whisper-1" }) as const;
const text = "Good morning At last";

test("json has the text, and the language is passed on", async () => {
  const answer = await openai.audio.transcriptions.create({ ...(await given()), language: "de" });
  expect(plainSchema.parse(answer)).toEqual({ text, usage: { type: "duration", seconds: 6 } });
  expect(asked.at(-1)).toMatchObject({ language: "de", diarize: false, maxDurationSec: 14_400 });
});

test("verbose_json has an emotion in each segment, and times of words when they are asked for", async () => {
  const answer = await openai.audio.transcriptions.create({
    ...(await given()),
    response_format: "verbose_json",
    timestamp_granularities: ["word", "segment"],
  });
  const { segments, words, ...whole } = verboseSchema.parse(answer);
  expect(whole).toMatchObject({ language: "en", duration: 6, text });
  expect(whole.warnings).toContain("Made without a model.");
  expect(segments).toMatchObject([
    { id: 0, start: 1, end: 3, text: "Good morning", emotion: { label: "sad", confidence: 0.75 } },
    { id: 1, start: 2.5, end: 4, text: "At last", emotion: { label: "angry", confidence: 0.6 } },
  ]);
  expect(words).toEqual([
    { word: "Good", start: 1, end: 1.667 },
    { word: "morning", start: 1.833, end: 3 },
    { word: "At", start: 2.5, end: 2.929 },
    { word: "last", start: 3.143, end: 4 },
  ]);
});

test("how speech is found is taken in all ways that the client has", async () => {
  const strategies = ["auto", { type: "server_vad", threshold: 0.5 }] as const;
  for (const chunking_strategy of strategies) {
    const answer = await openai.audio.transcriptions.create({
      ...(await given()),
      chunking_strategy,
    });
    expect(answer.text).toBe(text);
  }
});

test("segments are left out where only words are asked for", async () => {
  const answer = await openai.audio.transcriptions.create({
    ...(await given()),
    response_format: "verbose_json",
    timestamp_granularities: ["word"],
  });
  expect(answer.segments).toBeUndefined();
  expect(answer.words).toHaveLength(4);
});

test.each([
  ["text", `${text}\n`],
  ["srt", "1\n00:00:01,000 --> 00:00:03,000\nagent: Good morning\n"],
  ["vtt", "WEBVTT\n\n00:00:01.000 --> 00:00:03.000\n<v agent>Good morning\n"],
] as const)("%s is plain text", async (response_format, start) => {
  const answer = await openai.audio.transcriptions.create({ ...(await given()), response_format });
  expect(answer).toMatch(new RegExp(`^${start.replaceAll(/[|<>]/g, "\\$&")}`));
});

test("diarized_json tells speakers apart", async () => {
  const answer = await openai.audio.transcriptions.create({
    ...(await given()),
    model: "gpt-4o-transcribe-diarize",
    response_format: "diarized_json",
  });
  expect(diarizedSchema.parse(answer).segments).toMatchObject([
    { id: "seg_0", speaker: "agent", text: "Good morning", emotion: { label: "sad" } },
    { id: "seg_1", speaker: "R & <D>", text: "At last", emotion: { label: "angry" } },
  ]);
  expect(asked.at(-1)).toMatchObject({ diarize: true });
});

test("a stream has a delta for each segment, and the whole at its end", async () => {
  const events = await openai.audio.transcriptions.create({ ...(await given()), stream: true });
  const all = [];
  for await (const event of events) all.push(event);
  expect(all).toMatchObject([
    { type: "transcript.text.delta", delta: "Good morning " },
    { type: "transcript.text.delta", delta: "At last " },
    { type: "transcript.text.done", text },
  ]);
});

test("an error is what OpenAI's client makes of its status and code", async () => {
  const wrong = openai.audio.transcriptions.create({ ...(await given()), model: "gpt-9" });
  await expect(wrong).rejects.toMatchObject({ status: 404, code: "model-unknown" });
  const stranger = new OpenAI({ apiKey: "wrong", baseURL: openai.baseURL, maxRetries: 0 });
  await expect(stranger.models.list()).rejects.toBeInstanceOf(AuthenticationError);
});

test("the models are listed", async () => {
  const ids: string[] = [];
  for await (const { id } of openai.models.list()) ids.push(id);
  expect(ids).toEqual(["default", "moonshine-base"]);
  expect(await openai.models.retrieve("moonshine-base")).toMatchObject({ object: "model" });
});

test.each([
  ["times of words in another format", { "timestamp_granularities[]": "word" }],
  ["a stream of subtitles", { stream: "true", response_format: "srt" }],
  ["a field that does not exist", { tempo: "1" }],
  ["a language that is none", { language: "English" }],
])("%s is refused", async (_, fields: Record<string, string>) => {
  const body = formWith({ model: "whisper-1", ...fields });
  const answer = await service.ask("/v1/audio/transcriptions", { method: "POST", body });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ error: { code: "body-invalid", param: null } });
});

test("what goes wrong after a stream began is an event of it", async () => {
  const failing = await startTestService({
    analyze: () => Promise.reject(new UndertoneError("model-invalid", "It is gone.")),
  });
  const body = formWith({ model: "whisper-1", stream: "true" });
  const answer = await failing.ask("/v1/audio/transcriptions", { method: "POST", body });
  expect(answer.headers.get("content-type")).toMatch("text/event-stream");
  expect(await answer.text()).toMatch(/^data: \{"error":\{.*"code":"internal"/);
  await failing.close();
});
