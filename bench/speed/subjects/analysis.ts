import { loadRecognizer } from "../../../src/recognition/load-recognizer.node.ts";
import { PartTimes, type Part } from "./parts.ts";

/** How many times faster than real time one process analyzes a recording, its model being loaded. */
export async function measureAnalysis(options: {
  readonly recording: string;
  readonly model: string;
}): Promise<number> {
  const recognizer = await loadRecognizer({ model: options.model });
  const start = performance.now();
  const { durationSec } = await recognizer.analyze(options.recording);
  const seconds = (performance.now() - start) / 1000;
  await recognizer.close();
  return durationSec / seconds;
}

/** The same with words by one thread, in which one thing comes after another: from the start of loading the models, in parts. */
export async function measureWords({
  recording,
}: {
  readonly recording: string;
}): Promise<{ readonly rate: number; readonly parts: readonly Part[] }> {
  const start = performance.now();
  const recognizer = await loadRecognizer({
    transcriber: "moonshine-base",
    keepTranscripts: false,
    offline: true,
    threads: 1,
    thread: false,
  });
  const loaded = performance.now();
  const times = new PartTimes();
  times.watch();
  const { durationSec } = await recognizer.analyze(recording);
  const parts = times.parts();
  const seconds = (performance.now() - start) / 1000;
  await recognizer.close();
  const loading = { part: "loading the models", wallSec: (loaded - start) / 1000 };
  return { rate: durationSec / seconds, parts: [...parts, loading] };
}
