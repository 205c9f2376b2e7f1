/**
 * Streams a WAV file to `undertone serve` as a microphone would, and prints what the server says while it plays:
 *
 *   UNDERTONE_TOKEN=ut_… npx tsx examples/live.ts SOUND.wav [ws://127.0.0.1:8150/v1/stream]
 */
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { decodeAudio, toMono } from "undertone/audio";
import { WebSocket } from "ws";

const [path, url = "ws://127.0.0.1:8150/v1/stream"] = process.argv.slice(2);
if (path === undefined) {
  console.error("Usage: live.ts SOUND.wav [URL]");
  process.exit(2);
}
const { channels, sampleRate } = await decodeAudio(await readFile(path));
const samples = toMono(channels);

const headers = { authorization: `Bearer ${process.env["UNDERTONE_TOKEN"]}` };
const socket = new WebSocket(url, { headers });
socket.on("message", (data: Buffer) => {
  const message = JSON.parse(data.toString());
  if (message.type === "partial" || message.type === "final") {
    const { startSec, endSec, emotion } = message.segment;
    console.log(`${message.type} ${startSec} to ${endSec} s: ${emotion ?? "no speech"}`);
  }
  if (message.type === "end") console.log(`mostly ${message.summary.dominantEmotion}`);
  if (message.type === "error") console.error(message.message);
});
const closed = once(socket, "close");
await once(socket, "open");

socket.send(JSON.stringify({ type: "start", encoding: "f32le", sample_rate: sampleRate }));
const frame = sampleRate / 10;
for (let start = 0; start < samples.length; start += frame) {
  socket.send(samples.slice(start, start + frame));
  await sleep(100);
}
socket.send(JSON.stringify({ type: "finish" }));
const [code] = await closed;
if (code !== 1000) process.exitCode = 1;
