import { meanLogits, speakerOffset, withoutOffset } from "../models/speaker-adaptation.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { isOutOfDistribution } from "./abstention.ts";
import type { WindowModel } from "./analysis.ts";
import { predictWindows } from "./predict-windows.ts";
import { poolProbabilities } from "./smoothing.ts";
import { SpeechSegmenter, type SegmentAudio } from "./speech-segments.ts";
import { oodScoreOf } from "./timeline.ts";

/** What neutral speech of a speaker tells a model, as plain data that can be stored: the `speaker` of `analyze`. */
export interface Speaker {
  /** What this voice adds to the model's logits, by label. */
  readonly offset: Readonly<Record<string, number>>;
  /** Seconds of neutral speech that it was measured on. */
  readonly speechSec: number;
}

type Blocks = AsyncIterable<Float32Array> | Iterable<Float32Array>;

/**
 * Measures neutral speech of one person, in recordings at the model's sample rate. Segments that are out of distribution
 * are left out.
 * @throws UndertoneError `model-invalid` for a model without a neutral reference, `audio-empty` when there is no usable
 * speech, `cancelled`
 */
export async function enrollSpeaker(
  recordings: readonly Blocks[],
  model: WindowModel,
  signal?: AbortSignal,
): Promise<Speaker> {
  const { labels, neutral, windowSec } = model.card;
  if (neutral === undefined) {
    const message =
      "This model has no reference of neutral speech, so no speaker can be enrolled. Train it anew, or use the default one.";
    throw new UndertoneError("model-invalid", message);
  }
  const predictions: number[][] = [];
  const lengths: number[] = [];
  let speechSec = 0;
  for (const blocks of recordings) {
    for await (const segment of segmentsOf(blocks, model)) {
      throwIfCancelled(signal);
      const observations = await predictWindows(segment, model);
      const oodScore = oodScoreOf(observations, model.card);
      if (isOutOfDistribution({ oodScore })) continue;
      predictions.push(poolProbabilities(observations));
      lengths.push(Math.max(1, (segment.endSec - segment.startSec) / windowSec));
      speechSec += segment.speechSec;
    }
  }
  if (predictions.length === 0) {
    const message =
      "The recordings to enroll a speaker hold no speech, or only such that is unlike the model's training data. Give a few seconds of neutral speech.";
    throw new UndertoneError("audio-empty", message);
  }
  const utterances = lengths.reduce((sum, length) => sum + length, 0);
  const offset = speakerOffset({ logits: meanLogits(predictions, lengths), utterances }, neutral);
  return {
    offset: Object.fromEntries(labels.map((label, index) => [label, offset[index]!])),
    speechSec,
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

/**
 * Returns the model adapted to a speaker.
 * @throws RangeError when the speaker was enrolled with a model of other labels
 */
export function modelFor({ offset }: Speaker, model: WindowModel): WindowModel {
  const { labels } = model.card;
  const offsets = labels.map((label) => offset[label] ?? NaN);
  if (!offsets.every(Number.isFinite)) {
    throw new RangeError("analyze: this speaker was enrolled with a model of other emotions");
  }
  return {
    card: model.card,
    async predict(windows, words) {
      const outputs = await model.predict(windows, words);
      return outputs.map(({ probabilities, ...rest }) => ({
        ...rest,
        probabilities: Float32Array.from(withoutOffset(probabilities, offsets)),
      }));
    },
  };
}
