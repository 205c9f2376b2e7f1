import { meanLogits, speakerOffset, withoutOffset } from "../models/speaker-adaptation.ts";
import { throwIfCancelled, UndertoneError } from "../shared/errors.ts";
import { isOutOfDistribution } from "./abstention.ts";
import type { WindowModel } from "./analysis.ts";
import { listen } from "./listen.ts";
import { poolProbabilities } from "./smoothing.ts";
import { speechSegments } from "./speech-segments.ts";
import { familiarityIn } from "./timeline.ts";

/** A speaker whom a model has heard speak neutrally; plain data, to be kept. */
export interface Speaker {
  /** What the voice adds to the model's logits, by label. */
  readonly offset: Readonly<Record<string, number>>;
  /** Seconds of speech that it is told by. */
  readonly speechSec: number;
}

type Blocks = AsyncIterable<Float32Array> | Iterable<Float32Array>;

/**
 * Hears how neutral speech of one person sounds to a model, in recordings at the model's sample rate. What is too strange for
 * an answer tells nothing of a speaker either.
 * @throws UndertoneError `model-invalid` for a model that cannot tell, `audio-empty` when nobody speaks that it is familiar
 * with, `cancelled`
 */
export async function enrollSpeaker(
  recordings: readonly Blocks[],
  model: WindowModel,
  signal?: AbortSignal,
): Promise<Speaker> {
  const { labels, sampleRate, windowSec, neutral } = model.card;
  if (neutral === undefined) {
    const message =
      "This model does not know what neutral speech gives, so that no speaker can be enrolled. Train it anew, or use the default one.";
    throw new UndertoneError("model-invalid", message);
  }
  const answers: number[][] = [];
  const lengths: number[] = [];
  let speechSec = 0;
  for (const blocks of recordings) {
    const options = { sampleRate, contextSec: windowSec, utterances: [] };
    for await (const stretch of speechSegments(blocks, options)) {
      throwIfCancelled(signal);
      const observations = await listen(stretch, model);
      if (isOutOfDistribution(familiarityIn(observations, model.card))) continue;
      answers.push(poolProbabilities(observations));
      lengths.push(Math.max(1, (stretch.endSec - stretch.startSec) / windowSec));
      speechSec += stretch.speechSec;
    }
  }
  if (answers.length === 0) {
    const message =
      "Nobody speaks in what is to enroll a speaker, or it sounds unlike all that the model has learned. Give a few seconds of neutral speech.";
    throw new UndertoneError("audio-empty", message);
  }
  const utterances = lengths.reduce((sum, length) => sum + length, 0);
  const offset = speakerOffset({ logits: meanLogits(answers, lengths), utterances }, neutral);
  return {
    offset: Object.fromEntries(labels.map((label, index) => [label, offset[index]!])),
    speechSec,
  };
}

/**
 * The model as it judges a speaker whom it knows.
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
