import { logOf, softmaxOf } from "../shared/probabilities.ts";

type Probabilities = readonly number[] | Float32Array;

/** How much of what moves neutral speech moves that speaker's other emotions too. */
const carriedOver = 0.5;

/** Neutral utterances at which a speaker's own mean weighs as much as the mean of all speakers. */
const priorUtterances = 0.75;

/**
 * Returns the logarithms of probabilities [labels], moved to a mean of 0.
 */
export function centeredLogits(probabilities: Probabilities): number[] {
  const logits = Array.from(probabilities, logOf);
  const mean = logits.reduce((sum, logit) => sum + logit, 0) / logits.length;
  return logits.map((logit) => logit - mean);
}

/** Returns the mean of the centered logits [labels] of several predictions, weighted by length where lengths are given. */
export function meanLogits(
  predictions: readonly Probabilities[],
  lengths: readonly number[] = predictions.map(() => 1),
): number[] {
  const logits = predictions.map(centeredLogits);
  const total = lengths.reduce((sum, length) => sum + length, 0);
  return logits[0]!.map(
    (_, label) => logits.reduce((sum, row, at) => sum + lengths[at]! * row[label]!, 0) / total,
  );
}

/** A model's outputs for neutral speech of one speaker. */
export interface NeutralSpeech {
  /** Mean of the model's centered logits, [labels]. */
  readonly logits: readonly number[];
  /** How many utterances that is the mean of, above 0. */
  readonly utterances: number;
}

/**
 * How much of the difference between a speaker's neutral speech and everybody's to take away, told by so many utterances:
 * n / (n + ¾) as the means of normal distributions would have it, and half of that, for a voice that sounds sad at rest
 * need not sound so in anger.
 */
export function offsetShare(utterances: number): number {
  return (carriedOver * utterances) / (utterances + priorUtterances);
}

/**
 * How far a speaker's voice moves a model's logits [labels] whatever the emotion, told by neutral speech of theirs beside
 * that of everybody (`reference`).
 */
export function speakerOffset(
  { logits, utterances }: NeutralSpeech,
  reference: readonly number[],
): number[] {
  const share = offsetShare(utterances);
  return logits.map((logit, label) => share * (logit - reference[label]!));
}

/** Probabilities [labels] of an utterance, without what the speaker's voice alone adds. */
export function withoutOffset(probabilities: Probabilities, offset: readonly number[]): number[] {
  const logits = centeredLogits(probabilities).map((logit, label) => logit - offset[label]!);
  return softmaxOf(logits);
}
