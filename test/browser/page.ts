/** What the browser test calls in the page. */
import type { Analysis, Segment } from "../../src/recognition/analysis.ts";
import {
  loadRecognizer,
  UndertoneError,
  webRuntime,
  type AnalyzeOptions,
  type LabelScore,
  type RecognizerOptions,
  type Samples,
} from "../../src/web/index.ts";
import { batchSize, trainSteps } from "./train-steps.ts";

interface Results {
  /** Of the recording as a file, as its bytes, its absolute and relative address, and samples. */
  readonly analyses: readonly Analysis[];
  readonly classified: readonly LabelScore[];
  /** Final segments of the samples, streamed. */
  readonly streamed: readonly Segment[];
}

async function* blocksOf(samples: Float32Array): AsyncGenerator<Float32Array> {
  for (let at = 0; at < samples.length; at += 4096) yield samples.subarray(at, at + 4096);
}

/** Does everything with one WAV file of 16 bits that a recognizer does with one. */
async function recognize(options: RecognizerOptions, wavUrl: string): Promise<Results> {
  await using recognizer = await loadRecognizer(options);
  const bytes = await (await fetch(wavUrl)).arrayBuffer();
  const sampleRate = new DataView(bytes).getUint32(24, true);
  const samples = Float32Array.from(new Int16Array(bytes, 44), (sample) => sample / 2 ** 15);
  const analyses: Analysis[] = [];
  const sound: Samples = { samples, sampleRate };
  for (const input of [
    new File([bytes], "a.wav"),
    bytes,
    new URL(wavUrl, location.href),
    wavUrl,
    sound,
  ]) {
    analyses.push(await recognizer.analyze(input));
  }
  const [classified] = await recognizer.classify([bytes]);
  const streamed: Segment[] = [];
  for await (const event of recognizer.stream(blocksOf(samples), { sampleRate })) {
    if (event.type === "final") streamed.push(event.segment);
  }
  return { analyses, classified: classified!, streamed };
}

/** Analyzes one WAV file. Returns the labels of what was downloaded for it, too. */
async function analyze(options: RecognizerOptions, wavUrl: string, wanted: AnalyzeOptions = {}) {
  const downloads = new Set<string>();
  await using recognizer = await loadRecognizer({
    ...options,
    onProgress: ({ label }) => downloads.add(label),
  });
  return { analysis: await recognizer.analyze(wavUrl, wanted), downloads: [...downloads] };
}

/** Returns the code of the error with which a recognizer does not load. */
async function refusal(options: RecognizerOptions): Promise<string> {
  try {
    await loadRecognizer(options);
    return "none";
  } catch (error) {
    return error instanceof UndertoneError ? error.code : String(error);
  }
}

const train = (steps: number): Promise<number[]> => trainSteps(webRuntime(), steps);

/** Returns how long models take to load and a recording to be analyzed, once it was before. */
async function time(options: RecognizerOptions, wavUrl: string) {
  const start = performance.now();
  await using recognizer = await loadRecognizer(options);
  const loadSec = (performance.now() - start) / 1000;
  await recognizer.analyze(wavUrl);
  const again = performance.now();
  const { durationSec } = await recognizer.analyze(wavUrl);
  return { loadSec, analyzeSec: (performance.now() - again) / 1000, durationSec };
}

/** Returns clips per second of training steps, without what comes before the first. */
async function timeTraining({
  threads,
  trainingSteps: steps,
}: Record<"threads" | "trainingSteps", number>): Promise<number> {
  const runtime = webRuntime({ threads });
  async function secondsOf(count: number): Promise<number> {
    const start = performance.now();
    await trainSteps(runtime, count);
    return (performance.now() - start) / 1000;
  }
  await secondsOf(1);
  const before = await secondsOf(1);
  return (batchSize * steps) / ((await secondsOf(steps + 1)) - before);
}

export const page = { recognize, analyze, refusal, train, time, timeTraining };

declare global {
  // oxlint-disable-next-line no-var -- how TypeScript declares a global
  var undertone: typeof page;
}
globalThis.undertone = page;
