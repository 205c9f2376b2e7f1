import { learnVoice, neutralBias } from "../models/ordinary-speech.ts";
import { meanLogits, plainShare, speakerOffset } from "../models/speaker-adaptation.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import type { WindowModel } from "./analysis.ts";
import { predictWindows } from "./predict-windows.ts";
import { longSpeechShares, neutralShares } from "./reference-options.ts";
import { poolProbabilities } from "./smoothing.ts";
import { SpeechSegmenter, type SegmentAudio } from "./speech-segments.ts";

/** What speech of a speaker tells a model, as plain data that can be stored: the `speaker` of `analyze`. */
export interface Speaker {
  /** What this voice adds to the model's logits, by label. */
  readonly offset: Readonly<Record<string, number>>;
  /** Seconds of speech that it was measured on. */
  readonly speechSec: number;
  /** The model's windows that this is as long as. */
  readonly utterances: number;
  /** Of speech that is not all neutral: what the model's bias of neutral speech lacks for it to be as neutral as expected. */
  readonly neutralShift?: number;
}

type Blocks = AsyncIterable<Float32Array> | Iterable<Float32Array>;

export interface EnrollOptions {
  /** Whether all of it is neutral; if not, how neutral each part sounds decides how much it counts. */
  readonly isNeutral?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Measures speech of one person, or of all who speak in a folder, in recordings at the model's sample rate.
 * @throws UndertoneError `model-invalid` for a model without a neutral reference, `audio-empty` when there is no speech,
 * `cancelled`
 */
export async function enrollSpeaker(
  recordings: readonly Blocks[],
  model: WindowModel,
  { isNeutral = true, signal }: EnrollOptions = {},
): Promise<Speaker> {
  const { labels, neutral, ordinary, windowSec } = model.card;
  if (neutral === undefined) {
    const message =
      "This model has no reference of neutral speech, so no speaker can be enrolled. Train it with clips labeled neutral, or use the default one.";
    throw new UndertoneError("model-invalid", message);
  }
  const predictions: number[][] = [];
  const lengths: number[] = [];
  let speechSec = 0;
  for (const blocks of recordings) {
    for await (const segment of segmentsOf(blocks, model)) {
      throwIfCancelled(signal);
      predictions.push(poolProbabilities(await predictWindows(segment, model)));
      lengths.push(Math.max(1, (segment.endSec - segment.startSec) / windowSec));
      speechSec += segment.speechSec;
    }
  }
  if (predictions.length === 0) {
    const message =
      "The recordings to enroll a speaker hold no speech. Give a few seconds of neutral speech.";
    throw new UndertoneError("audio-empty", message);
  }
  const utterances = lengths.reduce((sum, length) => sum + length, 0);
  const reference = { neutral, speakerShare: ordinary?.speakerShare ?? plainShare };
  const bias = ordinary ? neutralBias(ordinary, { utterances, share: neutralShares.normal }) : 0;
  const neutralSpeech = { logits: meanLogits(predictions, lengths), utterances };
  const expected = { labels, bias, share: longSpeechShares.normal };
  const { offset, shift } = isNeutral
    ? { offset: speakerOffset(neutralSpeech, reference), shift: undefined }
    : learnVoice({ predictions, lengths }, reference, expected);
  return {
    offset: Object.fromEntries(labels.map((label, index) => [label, offset[index]!])),
    speechSec,
    utterances,
    ...(shift !== undefined && { neutralShift: shift }),
  };
}

async function* segmentsOf(blocks: Blocks, { card }: WindowModel): AsyncGenerator<SegmentAudio> {
  const { sampleRate, windowSec: contextSec } = card;
  const segmenter = new SpeechSegmenter({ sampleRate, contextSec, utterances: [] });
  for await (const block of blocks) {
    segmenter.push(block);
    yield* segmenter.advance(Infinity);
  }
  yield* segmenter.finish();
}
