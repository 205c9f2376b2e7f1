/** A recognition in this thread, drained, for tests. */
import { toSound } from "../../src/recognition/audio-input.ts";
import {
  recognize,
  type RecognitionModels,
  type Recognized,
  type RecognizeOptions,
  type Recording,
} from "../../src/recognition/recognize.ts";

/** Recognizes a recording from start to end. */
export async function recognizeAll(
  recording: Recording,
  models: RecognitionModels,
  options?: RecognizeOptions,
): Promise<Recognized> {
  const events = recognize(recording, models, options);
  let next = await events.next();
  while (!next.done) next = await events.next();
  return next.value;
}

/** The same of samples in memory. */
export async function recognizeSamples(
  samples: Float32Array,
  models: RecognitionModels,
  { sampleRate, ...options }: RecognizeOptions & { readonly sampleRate: number },
): Promise<Recognized> {
  const sound = await toSound({ samples, sampleRate });
  if (!("blocks" in sound)) throw new Error("samples are read in blocks");
  return recognizeAll({ ...sound, warnings: [] }, models, options);
}
