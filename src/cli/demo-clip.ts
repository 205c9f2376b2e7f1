import { predictedLabel, type Prediction } from "../evaluation/prediction.ts";

/** Test predictions of the same clips by each channel and by their fusion. */
export interface ChannelPredictions {
  readonly voice: readonly Prediction[];
  readonly words: readonly Prediction[];
  readonly fusion: readonly Prediction[];
}

/**
 * Returns the id of a clip that fusion, voice and words predict right, or else fusion and one of them, the one of which the
 * fusion is most confident; `undefined` where there is none.
 */
export function clipToShow({ voice, words, fusion }: ChannelPredictions): string | undefined {
  const channels = [voice, words].map(
    (clips) => new Set(clips.filter(isRight).map(({ id }) => id)),
  );
  const candidates = fusion.filter(isRight).map(({ id, actual, probabilities }) => ({
    id,
    agreeing: channels.filter((ids) => ids.has(id)).length,
    confidence: probabilities[actual]!,
  }));
  return candidates
    .filter(({ agreeing }) => agreeing > 0)
    .toSorted((a, b) => b.agreeing - a.agreeing || b.confidence - a.confidence)[0]?.id;
}

/** Whether the predicted label is the true one. */
export const isRight = ({ actual, probabilities }: Prediction): boolean =>
  predictedLabel(probabilities) === actual;
