import { loadAudio } from "../../../src/audio/load.node.ts";
import { loadRecognizer } from "../../../src/recognition/load-recognizer.node.ts";

const sampleRate = 16_000;
const blockSec = 0.1;
export const liveSec = 30;
export const partialEverySec = 0.5;

interface LiveOptions {
  /** Speech. */
  readonly recording: string;
  /** Name of an audio model that comes with the package. */
  readonly model: string;
  readonly withWords: boolean;
}

/** Seconds of sound of a live stream that take one second of processor time, the models being loaded. */
export async function measureLive({ recording, model, withWords }: LiveOptions): Promise<number> {
  const { samples } = await loadAudio(recording, { sampleRate });
  const recognizer = await loadRecognizer({
    model,
    transcriber: withWords ? "moonshine-base" : null,
    offline: true,
    thread: false,
  });
  const before = process.cpuUsage();
  for await (const _ of recognizer.stream(blocks(samples), { sampleRate, partialEverySec })) {
    // What is told does not matter here.
  }
  const { user, system } = process.cpuUsage(before);
  await recognizer.close();
  return (liveSec * 1e6) / (user + system);
}

async function* blocks(samples: Float32Array): AsyncGenerator<Float32Array> {
  const length = blockSec * sampleRate;
  for (let start = 0; start < liveSec * sampleRate; start += length) {
    yield samples.subarray(start, start + length);
  }
}
