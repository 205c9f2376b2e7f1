import { createConnection } from "node:net";
import { once } from "node:events";
import { WebSocket } from "ws";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  exchange,
  framesOf,
  sixteenBit,
  startLiveServer,
} from "../../../test/support/live-server.ts";
import { inSequence, synthesizeVoice } from "../../../test/support/voice.ts";
import { encodeMuLaw } from "../../audio/augmentation/g711.ts";
import { encodeWav } from "../../audio/wav.ts";
import { loadRecognizer, type Recognizer, type Segment } from "../../index.ts";
import { encodeMuLawWav } from "../../reports/mu-law-wav.ts";

const rate = 16_000;
const start = { type: "start", encoding: "s16le", sample_rate: rate };
const finish = { type: "finish" };

/** Quiet and loud speech with pauses, 9.4 seconds. */
function speech(sampleRate: number): Float32Array {
  const pause = new Float32Array(0.8 * sampleRate);
  const [quiet, loud] = [0.02, 0.6].map((level) => synthesizeVoice(3, { sampleRate, level }));
  return inSequence(pause, quiet!, pause, loud!, pause, quiet!.subarray(0, sampleRate));
}

const durationSec = 9.4;

let server: Awaited<ReturnType<typeof startLiveServer>>;
let recognizer: Recognizer;

beforeAll(async () => {
  server = await startLiveServer({ maxStreams: 3 });
  recognizer = await loadRecognizer({ model: server.model, thread: false });
});

afterAll(async () => {
  await recognizer.close();
  await server.close();
});

const url = (): string => `${server.url}/v1/stream`;

const segmentsOf = async (file: Uint8Array): Promise<readonly Segment[]> =>
  (await recognizer.analyze(file, { reference: "training" })).segments;

describe("WS /v1/stream", () => {
  test.each([0, 1])("final segments are those of a file while %d recordings wait", async (n) => {
    server.pool.waiting = n;
    const samples = speech(rate);
    const bytes = sixteenBit(samples);
    const stream = await exchange(url(), [
      { ...start, partial_every_sec: 60 },
      ...framesOf(bytes, 6402),
      finish,
    ]);
    expect(stream).toMatchObject({ code: 1000, reason: "" });
    const finals = stream.messages.filter(({ type }) => type === "final");
    const file = encodeWav(
      Float32Array.from(new Int16Array(bytes.buffer), (x) => x / 32_768),
      rate,
    );
    const expected = await segmentsOf(file);
    expect(expected.filter(({ emotion }) => emotion !== null).length).toBeGreaterThan(1);
    expect(finals.map(({ segment }) => segment)).toEqual(expected);
    server.pool.waiting = 0;
  });

  test("tells that it is ready, of utterances that start, of partial segments and of the end", async () => {
    const frames = framesOf(sixteenBit(speech(rate)), 32_000);
    const { messages } = await exchange(url(), [start, ...frames, finish]);
    const types: string[] = messages.map(({ type }) => type);
    expect(messages[0]).toEqual({
      type: "ready",
      model: "loudness",
      labels: ["sad", "angry"],
      transcriber: null,
      warnings: [],
    });
    expect(new Set(types)).toEqual(
      new Set(["ready", "utterance-start", "partial", "final", "end"]),
    );
    expect(types.indexOf("utterance-start")).toBeLessThan(types.indexOf("partial"));
    expect(messages.at(-1)).toMatchObject({ type: "end", durationSec });
  });

  test("takes floats, too", async () => {
    const samples = synthesizeVoice(2, { sampleRate: rate, level: 0.5 });
    const frames = framesOf(new Uint8Array(samples.buffer), 12_800);
    const asked = { ...start, encoding: "f32le", partial_every_sec: 60 };
    const { messages, code } = await exchange(url(), [asked, ...frames, finish]);
    expect(code).toBe(1000);
    const finals = messages.filter(({ type }) => type === "final");
    expect(finals.some(({ segment }) => segment.emotion === "angry")).toBe(true);
  });

  const sixteen = new Uint8Array(3200);
  test.each([
    { what: "text that is no JSON", sent: ["{"], code: 1007 },
    { what: "a message of no kind", sent: [{ type: "stop" }], code: 1007 },
    { what: "a misspelt setting", sent: [{ ...start, sampleRate: 8000 }], code: 1007 },
    { what: "a rate that nothing has", sent: [{ ...start, sample_rate: 1e9 }], code: 1007 },
    { what: "sound before the start", sent: [sixteen], code: 1008 },
    { what: "two starts", sent: [start, start], code: 1008 },
    { what: "half a sample", sent: [start, sixteen.subarray(0, 3)], code: 1007 },
    {
      what: "floats that are no numbers",
      sent: [{ ...start, encoding: "f32le" }, new Uint8Array(8).fill(255)],
      code: 1007,
    },
    { what: "a frame beyond the limit", sent: [start, new Uint8Array(3e6)], code: 1009 },
  ])("closes with $code for $what", async ({ sent, code }) => {
    const outcome = await exchange(url(), sent);
    expect(outcome.code).toBe(code);
  });

  test("tells why, before it closes", async () => {
    const { messages, reason } = await exchange(url(), [start, new Uint8Array(3)]);
    expect(messages.at(-1)).toMatchObject({ type: "error", code: "malformed" });
    expect(reason).toContain("multiple of 2 bytes");
  });

  test("refuses more streams than it takes, and what is no WebSocket", async () => {
    const sockets = [1, 2, 3].map(() => new WebSocket(url()));
    await Promise.all(sockets.map((socket) => once(socket, "open")));
    const [, response] = await once(
      new WebSocket(url()).on("error", () => undefined),
      "unexpected-response",
    );
    expect(response.statusCode).toBe(429);
    expect(response.headers["retry-after"]).toBe("10");
    for (const socket of sockets) socket.close();
    await Promise.all(sockets.map((socket) => once(socket, "close")));
    const plain = await fetch(url().replace("ws:", "http:"));
    expect(plain.status).toBe(400);
  });

  test("outlives bytes that are no WebSocket frames", async () => {
    const socket = createConnection(Number(new URL(url()).port), "127.0.0.1");
    socket.write(
      "GET /v1/stream HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n",
    );
    await once(socket, "data");
    socket.write(Buffer.alloc(64, 0xff)); // reserved bits, an unknown opcode, no mask
    socket.resume();
    await once(socket, "end");
    socket.destroy();
    expect((await exchange(url(), [start, finish])).code).toBe(1000);
  });

  test("a client that leaves frees its place", async () => {
    const socket = new WebSocket(url());
    await once(socket, "open");
    socket.send(JSON.stringify(start));
    socket.send(new Uint8Array(32_000));
    socket.terminate();
    const value = async (): Promise<number | undefined> =>
      (await server.metrics.registry.getSingleMetric("undertone_streams")?.get())?.values[0]?.value;
    await expect.poll(value).toBe(0);
    expect(server.logged.at(-1)).toMatchObject({ event: "stream", facts: { code: 1006 } });
  });
});

/** A message of a telephone media stream. */
const media = (track: string, payload: string, index: number) => ({
  event: "media",
  sequenceNumber: String(index + 2),
  media: { track, chunk: String(index + 1), timestamp: String(20 * index), payload },
  streamSid: "MZ1",
});

test("telephone media streams are recognized track by track", async () => {
  const phone = 8000;
  const samples = speech(phone);
  const payloads = framesOf(Uint8Array.from(samples, encodeMuLaw), 160).map((bytes) =>
    Buffer.from(bytes).toString("base64"),
  );
  const silence = Buffer.alloc(160, 0xff).toString("base64");
  const mediaFormat = { encoding: "audio/x-mulaw", sampleRate: phone, channels: 1 };
  const { messages, code } = await exchange(`${server.url}/v1/stream/twilio`, [
    { event: "connected", protocol: "Call", version: "1.0.0" },
    {
      event: "start",
      sequenceNumber: "1",
      start: { streamSid: "MZ1", callSid: "CA1", tracks: ["inbound", "outbound"], mediaFormat },
      streamSid: "MZ1",
    },
    ...payloads.flatMap((payload, index) => [
      media("inbound", payload, index),
      media("outbound", silence, index),
    ]),
    { event: "stop", streamSid: "MZ1" },
  ]);
  expect(code).toBe(1000);
  const finals = (track: string) =>
    messages.filter((message) => message.type === "final" && message.track === track);
  expect(finals("inbound").map(({ segment }) => segment)).toEqual(
    await segmentsOf(encodeMuLawWav(samples, phone)),
  );
  expect(finals("outbound").map(({ segment }) => segment.emotion)).toEqual([null]);
  expect(messages[0]).toMatchObject({ event: "undertone", streamSid: "MZ1", type: "ready" });
});

test("Hume's messages tell the same by other names", async () => {
  const { messages, code } = await exchange(`${server.url}/v1/expression/audio/realtime`, [
    { type: "session.update", measurement_timer_ms: 2000 },
    ...framesOf(sixteenBit(speech(rate)), 3200),
    { type: "session.end" },
  ]);
  expect(code).toBe(1000);
  const types = new Set(messages.map(({ type }) => type));
  expect(types).toEqual(new Set(["utterance.start", "measurement.result", "utterance.end"]));
  const results = messages.filter(({ type }) => type === "measurement.result");
  expect(results.map(({ trigger }) => trigger)).toContain("interval");
  const spoken = results.find(({ trigger }) => trigger === "speech_ended");
  expect(spoken.audio_end_ms).toBeGreaterThan(spoken.audio_start_ms);
  expect(spoken.expressions.map(({ name }: { name: string }) => name)).toEqual(["sad", "angry"]);
  const late = await exchange(`${server.url}/v1/expression/audio/realtime`, [
    new Uint8Array(3200),
    { type: "session.update" },
  ]);
  expect(late.code).toBe(1008);
});

test("a silent client is cut off", async () => {
  await using other = await startLiveServer({ idleSec: 0.05 });
  const { code, reason } = await exchange(`${other.url}/v1/stream`, [start]);
  expect(code).toBe(1008);
  expect(reason).toContain("Nothing came");
});

test("a stream that is too long is ended", async () => {
  await using other = await startLiveServer({ maxDurationSec: 1 });
  const { code } = await exchange(`${other.url}/v1/stream`, [start, new Uint8Array(33_000)]);
  expect(code).toBe(1008);
});

test("a server that stops tells final segments first", async () => {
  const other = await startLiveServer();
  const outcome = exchange(`${other.url}/v1/stream`, [
    start,
    ...framesOf(sixteenBit(speech(rate)), 32_000),
  ]);
  await expect
    .poll(async () => {
      const seen = await other.metrics.audioSec.get();
      return seen.values[0]?.value ?? 0;
    })
    .toBeCloseTo(durationSec, 5);
  await other.close();
  const { messages, code } = await outcome;
  expect(code).toBe(1001);
  expect(messages.at(-1)).toMatchObject({ type: "end", durationSec });
});
