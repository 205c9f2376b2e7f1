import { voiceActivityOf } from "../../test/support/voice-activity.ts";
import { afterEach, expect, test } from "vitest";
import { WebServers, type Handler } from "../../test/support/web-server.ts";
import { inSequence, synthesizeVoice } from "../../test/support/voice.ts";
import { openService } from "../transcription/service.ts";
import type { Transcriber } from "../transcription/transcript.ts";
import { loudnessModel } from "../../test/support/loudness-model.ts";
import { recognizeSamples } from "../../test/support/recognize.ts";

const servers = new WebServers();
afterEach(() => servers.close());

/** In place of the published model: whatever is not silent is speech. */
const voiceActivity = voiceActivityOf((frame) => (frame.some((sample) => sample !== 0) ? 1 : 0));

const sampleRate = 16_000;
const silence = new Float32Array(2 * sampleRate);
const voice = synthesizeVoice(1, { sampleRate, level: 0.5 });
const fiveUtterances = inSequence(...Array.from({ length: 5 }, () => [voice, silence]).flat());

const serving = async (handler: Handler): Promise<Transcriber> => {
  const { url } = await servers.serve(handler);
  return openService({ baseUrl: url, model: "any", retryDelayMs: 1 });
};
const recognizeWith = (transcriber: Transcriber, signal?: AbortSignal) =>
  recognizeSamples(
    fiveUtterances,
    { voice: loudnessModel, transcription: { transcriber, voiceActivity } },
    { sampleRate, signal },
  );
const words = JSON.stringify({ text: "Good morning" });

test("an utterance that a service fails on has no words, and the others have theirs", async () => {
  const provider = await serving((_, response, count) => {
    // The second utterance is tried five times.
    response.writeHead(count >= 1 && count <= 5 ? 500 : 200).end(words);
  });
  const recognized = await recognizeWith(provider);
  expect(recognized.transcript.utterances.map(({ text }) => text)).toEqual(
    Array(4).fill("Good morning"),
  );
  expect(recognized.transcript.utterances[1]?.startSec).toBeGreaterThan(5);
  expect(recognized.warnings).toEqual([
    expect.stringMatching(/^1 of 5 utterances have no words.*answers 500 after 5 attempts/),
  ]);
});

test.each([
  { name: "429", status: 429, body: "slow down", reason: /answers 429/ },
  { name: "a web page", status: 200, body: "<!doctype html><p>", reason: /with a web page/ },
  { name: "nonsense", status: 200, body: "[]", reason: /no transcript/ },
])("a service that answers $name throughout is given up", async ({ status, body, reason }) => {
  let asked = 0;
  const provider = await serving((_request, response) => {
    asked++;
    response.writeHead(status, { "retry-after": "0" }).end(body);
  });
  const recognized = await recognizeWith(provider);
  expect(recognized.transcript.utterances).toEqual([]);
  expect(recognized.warnings).toEqual([expect.stringMatching(reason)]);
  expect(recognized.warnings[0]).toMatch(
    /^5 of 5 utterances have no words.*It was not asked again\.$/,
  );
  expect(asked).toBeLessThanOrEqual(3 * 5);
});

test("a service that refuses the key is an error: no later utterance fares better", async () => {
  const provider = await serving((_, response) => response.writeHead(401).end());
  await expect(recognizeWith(provider)).rejects.toMatchObject({ code: "credentials-missing" });
});

test("cancelled while a service is silent, it stops", async () => {
  const controller = new AbortController();
  const provider = await serving(() => controller.abort());
  await expect(recognizeWith(provider, controller.signal)).rejects.toMatchObject({
    code: "cancelled",
  });
});
