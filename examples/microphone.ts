/**
 * What a microphone is told sounds like now. A WAV file that is played in real time stands in for the microphone; Ctrl-C stops:
 *
 *   npx tsx examples/microphone.ts interview.wav [model]
 */
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";
import { decodeAudio, toMono } from "undertone/audio";
import { loadRecognizer, UndertoneError } from "undertone";

const [path, model] = process.argv.slice(2);
if (path === undefined) {
  console.error("Usage: microphone.ts WAV [MODEL]");
  process.exit(2);
}

const { channels, sampleRate } = await decodeAudio(await readFile(path));
const blockSec = 0.1;

/** @yields a block each tenth of a second */
async function* microphone(): AsyncGenerator<Float32Array> {
  const samples = toMono(channels);
  const length = Math.round(blockSec * sampleRate);
  for (let start = 0; start < samples.length; start += length) {
    yield samples.subarray(start, start + length);
    await delay(1000 * blockSec);
  }
}

const recognizer = await loadRecognizer({ model });
const stop = new AbortController();
process.once("SIGINT", () => stop.abort());
try {
  const options = { sampleRate, partialEverySec: 0.5, signal: stop.signal };
  for await (const event of recognizer.stream(microphone(), options)) {
    if (event.type !== "partial") continue;
    const { endSec, emotion, confidence } = event.segment;
    console.log(`${endSec} s: ${emotion} ${confidence}`);
  }
} catch (error) {
  if (!(error instanceof UndertoneError && error.code === "cancelled")) throw error;
} finally {
  await recognizer.close();
}
