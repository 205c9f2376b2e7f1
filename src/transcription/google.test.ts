import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { json as readJson } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { openGoogle } from "./google.ts";
import { loadTranscriber } from "./transcribers.node.ts";
import type { Transcriber } from "./transcript.ts";

interface Request {
  readonly message: IncomingMessage;
  readonly body: unknown;
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

type Handler = (response: ServerResponse, count: number) => void;

/** A server on this machine; the handler is told how many requests came before. */
async function serve(
  handler: Handler,
): Promise<{ google: Transcriber; baseUrl: string; requests: Request[] }> {
  const requests: Request[] = [];
  const server = createServer((message, response) => {
    void readJson(message).then((body) => handler(response, requests.push({ message, body }) - 1));
  });
  await new Promise<void>((done) => {
    server.listen(0, "127.0.0.1", done);
  });
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const baseUrl = `http://127.0.0.1:${port}/v1`;
  const options = { baseUrl, apiKey: "secret", model: "latest_long", retryDelayMs: 5 };
  return { google: openGoogle(options), baseUrl, requests };
}

const answer =
  (value: unknown, status = 200): Handler =>
  (response) =>
    void response
      .writeHead(status, { "content-type": "application/json; charset=UTF-8" })
      .end(JSON.stringify(value));

/** As Google's APIs report errors. @see https://cloud.google.com/apis/design/errors */
const refusal = (code: number, status: string, message = "No."): Handler =>
  answer({ error: { code, message, status } }, code);

const broken: Handler = (response) => void response.writeHead(200).end("{");
const webPage: Handler = (response) =>
  void response.writeHead(200, { "content-type": "text/html" }).end("<html>");
const modelFiles = async (): Promise<never> => Promise.reject(new Error("asked for a model"));

const samples = Float32Array.of(0, 0.5, -1, 2);

/** As the reference of `speech:recognize` shows it. */
const spoken = {
  results: [
    {
      alternatives: [
        {
          transcript: "Hello there.",
          confidence: 0.9,
          words: [
            { startTime: "0s", endTime: "1.300s", word: "Hello", confidence: 0.95 },
            { startTime: "1.300s", endTime: "1.800s", word: "there.", confidence: 0.85 },
          ],
        },
      ],
      resultEndTime: "1.900s",
      languageCode: "en-us",
    },
    {
      alternatives: [{ transcript: " How are you?", confidence: 0.6 }],
      languageCode: "en-us",
    },
  ],
  totalBilledTime: "15s",
  requestId: "123",
};

test("an utterance goes out as 16-bit samples, and comes back as words with times and confidence", async () => {
  const { google, requests } = await serve(answer(spoken));
  expect(await google.transcribe(samples, { language: "en" })).toEqual({
    text: "Hello there. How are you?",
    confidence: expect.closeTo((12 * 0.9 + 13 * 0.6) / 25, 9),
    language: "en",
    words: [
      { text: "Hello", startSec: 0, endSec: 1.3 },
      { text: "there.", startSec: 1.3, endSec: 1.8 },
    ],
  });
  const { message, body } = requests[0]!;
  expect(`${message.method} ${message.url}`).toBe("POST /v1/speech:recognize");
  expect(message.headers).toMatchObject({
    "x-goog-api-key": "secret",
    "content-type": "application/json",
  });
  const content = Buffer.from(Int16Array.of(0, 16_384, -32_767, 32_767).buffer).toString("base64");
  expect(body).toEqual({
    config: {
      encoding: "LINEAR16",
      sampleRateHertz: 16_000,
      languageCode: "en-US",
      model: "latest_long",
      enableWordTimeOffsets: true,
      enableWordConfidence: true,
      enableAutomaticPunctuation: true,
    },
    audio: { content },
  });
});

test("the key is in no address, and the longest utterance fits one request", async () => {
  const { google, requests } = await serve(answer({}));
  await google.transcribe(new Float32Array(60 * 16_000));
  expect(requests[0]!.message.url).not.toMatch(/secret/);
  await expect(google.transcribe(new Float32Array(60 * 16_000 + 1))).rejects.toThrow(RangeError);
});

test.each([
  ["de", "de-DE"],
  ["pt-BR", "pt-BR"],
  ["ur", "ur-PK"],
  ["zh", "cmn-Hans-CN"],
])("the language %s is asked for as %s", async (language, code) => {
  const { google, requests } = await serve(answer({ results: [] }));
  await google.transcribe(samples, { language });
  expect(requests[0]!.body).toMatchObject({ config: { languageCode: code } });
});

test("a code of no language is refused before anything is sent", async () => {
  const { google, requests } = await serve(answer({}));
  await expect(google.transcribe(samples, { language: "d!" })).rejects.toMatchObject({
    code: "usage",
  });
  expect(requests).toHaveLength(0);
});

test.each([
  {},
  { results: [] },
  { results: [{}] },
  { results: [{ alternatives: [{}] }], totalBilledTime: "0s" },
])("where nobody speaks there are no words: %j", async (value) => {
  const { google } = await serve(answer(value));
  expect(await google.transcribe(samples)).toEqual({ text: "", confidence: 0 });
});

test("a confidence that is not told counts as full, and a language that is not told as the asked one", async () => {
  const { google } = await serve(answer({ results: [{ alternatives: [{ transcript: "Ja" }] }] }));
  const transcript = await google.transcribe(samples, { language: "de" });
  expect(transcript).toEqual({ text: "Ja", confidence: 1, language: "de" });
});

test.each([401, 403])(
  "a %i is a key that is refused, and Google's reason is told",
  async (status) => {
    const { google, requests } = await serve(refusal(status, "PERMISSION_DENIED", "Enable it."));
    await expect(google.transcribe(samples)).rejects.toMatchObject({
      code: "credentials-missing",
      message: expect.stringMatching(/GOOGLE_API_KEY.*Enable it\./),
    });
    expect(requests).toHaveLength(1);
  },
);

test("so is the 400 that Google answers to an unknown key", async () => {
  const { google } = await serve(
    refusal(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key."),
  );
  await expect(google.transcribe(samples)).rejects.toMatchObject({ code: "credentials-missing" });
});

test.each([429, 500, 503])("after a %i it tries again, when it is asked to", async (status) => {
  const { google, requests } = await serve((response, count) => {
    if (count > 0) answer(spoken)(response, count);
    else response.writeHead(status, { "retry-after": "0" }).end();
  });
  expect(await google.transcribe(samples)).toMatchObject({ language: "en" });
  expect(requests).toHaveLength(2);
});

test("what stays down fails after five attempts", async () => {
  const { google, requests } = await serve(refusal(503, "UNAVAILABLE"));
  await expect(google.transcribe(samples)).rejects.toMatchObject({ code: "network-failed" });
  expect(requests).toHaveLength(5);
});

test.each([
  [refusal(400, "INVALID_ARGUMENT", "Invalid language.")],
  [answer({ results: "none" })],
  [
    answer({
      results: [{ alternatives: [{ transcript: "a", words: [{ word: "a", startTime: "soon" }] }] }],
    }),
  ],
  [broken],
  [webPage],
])("what is no transcript fails at once", async (handler) => {
  const { google, requests } = await serve(handler);
  await expect(google.transcribe(samples)).rejects.toMatchObject({ code: "network-failed" });
  expect(requests).toHaveLength(1);
});

test("key and address come from the environment", async () => {
  const { baseUrl } = await serve(answer(spoken));
  const env = { GOOGLE_API_KEY: "secret", GOOGLE_SPEECH_BASE_URL: baseUrl };
  const google = await loadTranscriber("google:phone_call", { modelFiles, env });
  expect(google.name).toMatch(/^google:phone_call@127\.0\.0\.1:\d+$/);
  expect(await google.transcribe(samples)).toMatchObject({ language: "en" });
  await expect(loadTranscriber("google", { modelFiles, env: {} })).rejects.toMatchObject({
    code: "credentials-missing",
  });
  const withPassword = { ...env, GOOGLE_SPEECH_BASE_URL: "https://me:key@example.com/v1" };
  await expect(loadTranscriber("google", { modelFiles, env: withPassword })).rejects.toMatchObject({
    code: "usage",
  });
});
