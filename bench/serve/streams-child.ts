/** A process with live streams, which send sound as fast as it is spoken until they are told to stop, and then wait for its end. */
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { WebSocket } from "ws";
import { synthesizeVoice } from "../../test/support/voice.ts";
import type { StreamOutcome } from "./streams.ts";

const [url, token, count] = process.argv.slice(2);
const sampleRate = 16_000;
const frameMs = 100;
/** From one stream's beginning to the next one's. */
const apartMs = 20;
const stop = new AbortController();
void once(process, "message").then(() => stop.abort());

/** Speech of 4 seconds and a pause of one, 16-bit. */
const speech = Buffer.alloc(5 * sampleRate * 2);
for (const [index, sample] of synthesizeVoice(4, { sampleRate, level: 0.5 }).entries()) {
  speech.writeInt16LE(Math.round(sample * 32_767), 2 * index);
}
const frameBytes = (2 * sampleRate * frameMs) / 1000;

async function stream(n: number): Promise<StreamOutcome> {
  await sleep(n * apartMs);
  const headers = { authorization: `Bearer ${token}` };
  const socket = new WebSocket(`${url!.replace("http", "ws")}/v1/stream`, { headers });
  socket.on("error", () => undefined);
  const closed = new Promise<number>((done) => socket.once("close", done));
  const status = await new Promise<number>((answered) => {
    socket.once("open", () => answered(101));
    socket.once("close", () => answered(0));
    socket.once("unexpected-response", (request, { statusCode = 0 }) => {
      request.destroy();
      answered(statusCode);
    });
  });
  if (status !== 101) return { status, code: 0, audioSec: 0, behindSec: 0 };
  socket.resume();
  socket.send(JSON.stringify({ type: "start", sample_rate: sampleRate }));
  const startedAt = performance.now();
  let sent = 0;
  while (!stop.signal.aborted && socket.readyState === WebSocket.OPEN) {
    // Each begins at another place of the speech.
    const at = ((sent + 7 * n) * frameBytes) % speech.length;
    socket.send(speech.subarray(at, at + frameBytes));
    sent++;
    await sleep(Math.max(0, startedAt + sent * frameMs - performance.now()));
  }
  const finishedAt = performance.now();
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ type: "finish" }));
  const code = await closed;
  const behindSec = (performance.now() - finishedAt) / 1000;
  return { status, code, audioSec: (sent * frameMs) / 1000, behindSec };
}

const outcomes = await Promise.all(Array.from({ length: Number(count) }, (_, n) => stream(n)));
process.send?.({ outcomes, cpu: process.cpuUsage() }, () => process.disconnect());
