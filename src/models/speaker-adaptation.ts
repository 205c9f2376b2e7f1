import { logOf, softmaxOf } from "../shared/probabilities.ts";

type Probabilities = readonly number[] | Float32Array;

/** Neutral utterances at which a speaker's own mean weighs as much as the mean of all speakers. */
const priorUtterances = 0.75;

/** What a speaker's neutral speech is held against. */
export interface VoiceReference {
  /** Mean of the centered logits [labels] that neutral speech gets, of many speakers. */
  readonly neutral: readonly number[];
  /**
   * How much of what moves a speaker's neutral speech moves their other emotions too, 0 to 1: a voice that sounds sad at
   * rest need not sound so in anger.
   */
  readonly speakerShare: number;
}

/** `speakerShare` where it was not fitted. */
export const plainShare = 0.5;

/** Returns the logarithms of probabilities [labels], moved to a mean of 0. */
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
  return weightedMean(predictions.map(centeredLogits), lengths);
}

function weightedMean(logits: readonly (readonly number[])[], weights: readonly number[]) {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return logits[0]!.map(
    (_, label) => logits.reduce((sum, row, at) => sum + weights[at]! * row[label]!, 0) / total,
  );
}

/** A model's outputs for neutral speech of one speaker. */
export interface NeutralSpeech {
  /** Mean of the model's centered logits, [labels]. */
  readonly logits: readonly number[];
  /** How many utterances that is the mean of, above 0. */
  readonly utterances: number;
}

/** Returns how far so many utterances tell a speaker's mean, 0 to 1: n / (n + ¾), as the means of normal distributions have it. */
export function trustIn(utterances: number): number {
  return utterances / (utterances + priorUtterances);
}

/**
 * Returns how far a speaker's voice moves a model's logits [labels] whatever the emotion, told by neutral speech of theirs
 * beside that of everybody. Logits that are linear in a clip's features are moved as the features are.
 */
export function speakerOffset(
  { logits, utterances }: NeutralSpeech,
  { neutral, speakerShare }: VoiceReference,
): number[] {
  const share = speakerShare * trustIn(utterances);
  return logits.map((logit, label) => share * (logit - neutral[label]!));
}

/** Returns probabilities [labels] of an utterance without what the speaker's voice alone adds. */
export function withoutOffset(probabilities: Probabilities, offset: readonly number[]): number[] {
  return softmaxOf(centeredLogits(probabilities).map((logit, label) => logit - offset[label]!));
}

/** Speech of one speaker, of which it is not known what is neutral. */
export interface UnlabeledSpeech {
  /** The model's probabilities [labels] of each part. */
  readonly predictions: readonly Probabilities[];
  /** Utterances that each part is as long as. */
  readonly lengths: readonly number[];
}

const rounds = 4;

/**
 * Returns the offset of a speaker from speech that is mostly neutral: the mean of all of it first, then four times the mean
 * weighted by how neutral each part is without the offset so far (expectation maximization).
 * @param neutrality returns the probability that an adapted prediction is of neutral speech
 */
export function offsetOfSpeech(
  { predictions, lengths }: UnlabeledSpeech,
  reference: VoiceReference,
  neutrality: (adapted: readonly number[]) => number,
): number[] {
  const logits = predictions.map(centeredLogits);
  let weights = lengths;
  for (let round = 0; ; round++) {
    const all = weights.reduce((sum, weight) => sum + weight, 0);
    // What one utterance alone is like says nothing of how neutral it is.
    const utterances = round === 0 ? Math.max(0, all - 1) : all;
    const mean = utterances > 0 ? weightedMean(logits, weights) : reference.neutral;
    const offset = speakerOffset({ logits: mean, utterances }, reference);
    if (round === rounds) return offset;
    weights = logits.map((row, part) => {
      const adapted = softmaxOf(row.map((logit, label) => logit - offset[label]!));
      return lengths[part]! * neutrality(adapted);
    });
  }
}
