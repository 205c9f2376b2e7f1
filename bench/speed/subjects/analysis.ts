import { loadRecognizer } from "../../../src/recognition/load-recognizer.node.ts";

/** How many times faster than real time one process analyses a recording, its model being loaded. */
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
