import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { decodeAudio } from "../audio/decode.ts";
import { openService } from "./service.ts";
import type { Transcriber } from "./transcript.ts";

interface Request {
  readonly message: IncomingMessage;
  readonly form: FormData;
}

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

async function receive(message: IncomingMessage): Promise<Request> {
  const type = message.headers["content-type"]!;
  const body = new Response(await buffer(message), { headers: { "content-type": type } });
  return { message, form: await body.formData() };
}

type Handler = (response: ServerResponse, count: number) => void;

/** A real server on this machine; the handler is told how many requests came before. */
async function serve(
  handler: Handler,
  options: { readonly timeoutMs?: number; readonly apiKey?: string } = {},
): Promise<{ service: Transcriber; requests: Request[] }> {
  const requests: Request[] = [];
  const server = createServer((message, response) => {
    void receive(message).then((request) => handler(response, requests.push(request) - 1));
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
  const baseUrl = `http://127.0.0.1:${port}/v1/`;
  return {
    service: openService({ baseUrl, model: "whisper-1", retryDelayMs: 5, ...options }),
    requests,
  };
}

const json = (response: ServerResponse, value: unknown): void => {
  response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(value));
};

const samples = Float32Array.from({ length: 1600 }, (_, n) => Math.sin(n / 10) / 2);

const answer = {
  text: "Hello there.",
  language: "english",
  segments: [
    { text: " Hello", avg_logprob: Math.log(0.8), no_speech_prob: 0.1 },
    { text: " there.", avg_logprob: Math.log(0.6), no_speech_prob: 0.1 },
  ],
  words: [
    { word: "Hello", start: 0, end: 0.5 },
    { word: "there", start: 0.5, end: 0.9 },
  ],
};

test("an utterance goes out as WAV, and comes back as words with times and confidence", async () => {
  const { service, requests } = await serve((response) => json(response, answer), {
    apiKey: "secret",
  });
  const transcript = await service.transcribe(samples, { language: "en" });
  expect(transcript).toEqual({
    text: "Hello there.",
    confidence: expect.closeTo(0.7, 9),
    language: "en",
    words: [
      { text: "Hello", startSec: 0, endSec: 0.5 },
      { text: "there", startSec: 0.5, endSec: 0.9 },
    ],
  });
  const { message, form } = requests[0]!;
  expect(message.method).toBe("POST");
  expect(message.url).toBe("/v1/audio/transcriptions");
  expect(message.headers.authorization).toBe("Bearer secret");
  expect(Object.fromEntries([...form].filter(([name]) => name !== "file"))).toMatchObject({
    model: "whisper-1",
    response_format: "verbose_json",
    language: "en",
  });
  expect(form.getAll("timestamp_granularities[]")).toEqual(["word", "segment"]);
  const file = form.get("file");
  const bytes = file instanceof Blob ? new Uint8Array(await file.arrayBuffer()) : undefined;
  const { sampleRate, channels } = await decodeAudio(bytes!);
  expect(sampleRate).toBe(16_000);
  expect(channels).toHaveLength(1);
  expect(channels[0]!.every((sample, n) => Math.abs(sample - samples[n]!) < 1e-4)).toBe(true);
});

test("a server that gives text alone is believed, and no key is sent that there is not", async () => {
  const { service, requests } = await serve((response) => json(response, { text: " Yes. " }));
  expect(await service.transcribe(samples)).toEqual({ text: "Yes.", confidence: 1 });
  expect(requests[0]!.message.headers.authorization).toBeUndefined();
  expect(requests[0]!.form.has("language")).toBe(false);
});

test("what the server itself holds for silence is left out", async () => {
  const silent = { text: "Thanks.", avg_logprob: -1.5, no_speech_prob: 0.9 };
  const { service } = await serve((response) =>
    json(response, { text: "Thanks.", segments: [silent], words: answer.words }),
  );
  expect(await service.transcribe(samples)).toEqual({ text: "", confidence: 0 });
});

test.each([500, 503, 408])("after a %i it tries again", async (status) => {
  const { service, requests } = await serve((response, count) => {
    if (count < 2) response.writeHead(status).end();
    else json(response, answer);
  });
  expect((await service.transcribe(samples)).text).toBe("Hello there.");
  expect(requests).toHaveLength(3);
});

test.each([() => "1", () => new Date(Date.now() + 1900).toUTCString()])(
  "after a 429 it waits as long as it is told",
  async (retryAfter) => {
    const { service } = await serve((response, count) => {
      if (count > 0) json(response, answer);
      else response.writeHead(429, { "retry-after": retryAfter() }).end();
    });
    const start = performance.now();
    await service.transcribe(samples);
    expect(performance.now() - start).toBeGreaterThan(850);
  },
);

test("a connection that drops is tried again", async () => {
  const { service, requests } = await serve((response, count) => {
    if (count === 0) response.destroy();
    else if (count === 1) response.writeHead(200, { "content-length": 100 }).write("{");
    else json(response, answer);
    if (count === 1) setTimeout(() => response.destroy(), 20);
  });
  expect((await service.transcribe(samples)).text).toBe("Hello there.");
  expect(requests).toHaveLength(3);
});

test("a connection that drops each time within the answer is said to", async () => {
  const { service } = await serve((response) => {
    response.writeHead(200, { "content-length": 100 }).write("{");
    setTimeout(() => response.destroy(), 10);
  });
  await expect(service.transcribe(samples)).rejects.toMatchObject({
    message: expect.stringContaining("breaks off its answer after 5 attempts"),
  });
});

test("control characters of a server do not come through, and no language is none", async () => {
  const text = "\u001B[31mRed\u0000 -->\n\n1\n\u009B0m";
  const { service } = await serve((response) =>
    json(response, { text, language: "", words: [{ word: "\u001B[2J", start: 0, end: 1 }] }),
  );
  expect(await service.transcribe(samples)).toEqual({
    text: "[31mRed --> 1 0m",
    confidence: 1,
    words: [{ text: "[2J", startSec: 0, endSec: 1 }],
  });
});

test("trouble that stays is an error that names the server, after five attempts", async () => {
  const { service, requests } = await serve((response) => response.writeHead(500).end());
  await expect(service.transcribe(samples)).rejects.toMatchObject({
    code: "network-failed",
    message: expect.stringMatching(/^127\.0\.0\.1:\d+ answers 500 after 5 attempts/),
  });
  expect(requests).toHaveLength(5);
});

test("a server that never answers is given up", async () => {
  const { service, requests } = await serve(() => undefined, { timeoutMs: 100 });
  await expect(service.transcribe(samples)).rejects.toMatchObject({
    code: "network-failed",
    message: expect.stringContaining("gives no whole answer in 0.1 s"),
  });
  expect(requests).toHaveLength(1); // it had its minute; five of them would be no better
});

test.each([
  ["text/html; charset=utf-8", "Log in"],
  ["text/plain", "\n<!DOCTYPE html><html>Log in</html>"],
])("a web page of type %s is no transcript", async (type, page) => {
  const { service, requests } = await serve((response) =>
    response.writeHead(200, { "content-type": type }).end(page),
  );
  await expect(service.transcribe(samples)).rejects.toMatchObject({
    code: "network-failed",
    message: expect.stringContaining("web page"),
  });
  expect(requests).toHaveLength(1);
});

test.each(["", "[]", '{"text": 5}', "nonsense"])("%j is no transcript", async (body) => {
  const { service } = await serve((response) => response.writeHead(200).end(body));
  await expect(service.transcribe(samples)).rejects.toMatchObject({ code: "network-failed" });
});

test("a refused key and a refused request say so at once", async () => {
  const refused = await serve((response) => response.writeHead(401).end("{}"));
  await expect(refused.service.transcribe(samples)).rejects.toMatchObject({
    code: "credentials-missing",
    message: expect.stringContaining("OPENAI_API_KEY"),
  });
  const unknown = await serve((response) => response.writeHead(400).end("no such\nmodel"));
  await expect(unknown.service.transcribe(samples)).rejects.toMatchObject({
    message: expect.stringContaining("answers 400: no such model"),
  });
  expect(refused.requests.length + unknown.requests.length).toBe(2);
});

test("a redirect is not followed: the key is for this server", async () => {
  const { service, requests } = await serve((response) => {
    response.writeHead(307, { location: "http://127.0.0.1:9/elsewhere" }).end();
  });
  await expect(service.transcribe(samples)).rejects.toMatchObject({
    code: "network-failed",
    message: expect.stringMatching(
      /^127.* redirects to http:\/\/127\.0\.0\.1:9\/elsewhere\. Is OPENAI_BASE_URL/,
    ),
  });
  expect(requests).toHaveLength(1);
});

test("an answer without end is cut off", async () => {
  const { service } = await serve((response) => {
    const more = (): void => {
      if (response.destroyed) return;
      response.write("x".repeat(1 << 18));
      setTimeout(more);
    };
    response.writeHead(200);
    more();
  });
  await expect(service.transcribe(samples)).rejects.toMatchObject({
    message: expect.stringContaining("without end"),
  });
});

test("it can be cancelled while it waits for an answer, and between attempts", async () => {
  for (const handler of [
    () => undefined,
    (response: ServerResponse) => response.writeHead(429, { "retry-after": "30" }).end(),
  ] satisfies Handler[]) {
    const controller = new AbortController();
    const { service } = await serve((response) => {
      handler(response);
      setTimeout(() => controller.abort(), 30);
    });
    const { signal } = controller;
    await expect(service.transcribe(samples, { signal })).rejects.toMatchObject({
      code: "cancelled",
    });
  }
});

test("an address that is none, or that holds a password, is refused", () => {
  for (const baseUrl of ["", "localhost", "ftp://example.com", "http://me:secret@localhost/v1"]) {
    expect(() => openService({ baseUrl, model: "m" })).toThrow(
      expect.objectContaining({ code: "usage" }),
    );
  }
});

test.each([
  ["https://example.com/v1", "service:large@example.com"],
  ["http://localhost:8000/", "service:large@localhost:8000"],
  ["https://example.com/de/v1/", "service:large@example.com/de/v1"],
])("the name tells model and server: %s", (baseUrl, name) => {
  expect(openService({ baseUrl, model: "large" }).name).toBe(name);
});
