/** What the browser test calls in the page. */
import type { Analysis } from "../../src/recognition/analysis.ts";
import { loadRecognizer, UndertoneError, webRuntime } from "../../src/web/index.ts";
import type { RecognizerOptions } from "../../src/web/index.ts";
import { trainSteps } from "./train-steps.ts";

type Input = "file" | "bytes" | "url" | "samples";

interface Heard {
  readonly analyses: readonly Analysis[];
  /** Labels of what was downloaded. */
  readonly downloads: readonly string[];
}

/** Loads a recognizer and analyzes one recording, given in each of these ways. */
async function analyze(
  options: RecognizerOptions,
  wavUrl: string,
  inputs: readonly Input[],
): Promise<Heard> {
  const downloads = new Set<string>();
  const recognizer = await loadRecognizer({
    ...options,
    onProgress: ({ label }) => downloads.add(label),
  });
  const bytes = await (await fetch(wavUrl)).arrayBuffer();
  const sounds = {
    file: () => new File([bytes], "voice.wav"),
    bytes: () => bytes,
    url: () => new URL(wavUrl, location.href),
    samples: () => ({
      samples: Float32Array.from(new Int16Array(bytes, 44), (sample) => sample / 2 ** 15),
      sampleRate: new DataView(bytes).getUint32(24, true),
    }),
  };
  const analyses: Analysis[] = [];
  for (const input of inputs) analyses.push(await recognizer.analyze(sounds[input]()));
  await recognizer.close();
  return { analyses, downloads: [...downloads] };
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

export const page = { analyze, refusal, train };
declare global {
  // oxlint-disable-next-line no-var -- how TypeScript declares a global
  var undertone: typeof page;
}
globalThis.undertone = page;
