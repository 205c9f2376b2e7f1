/** A recognition in this thread, drained, for tests. */
import { toSound } from "../../src/recognition/audio-input.ts";
import { openSound } from "../../src/recognition/open-sound.ts";
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

const openFile = (): Promise<never> => Promise.reject(new Error("no file is opened"));

/** The same of samples in memory, [channel][sample] or of one channel. */
export async function recognizeSamples(
  samples: Float32Array | readonly Float32Array[],
  models: RecognitionModels,
  { sampleRate, ...options }: RecognizeOptions & { readonly sampleRate: number },
): Promise<Recognized> {
  const sound = await toSound({ samples, sampleRate });
  const open = await openSound(sound, { openFile });
  const areSpeakers = (options.roles ?? options.only) !== undefined;
  const blocks = open.read({ sampleRate, areSpeakers, ...options });
  return recognizeAll({ blocks, sampleRate, warnings: blocks.warnings }, models, options);
}
