/** Neutral utterances after which what they say of a speaker weighs as much as what is known of everybody. */
const priorUtterances = 2;

/**
 * The logarithms of probabilities [labels], around 0: what a model says of an utterance before it must sum to 1.
 */
export function centredLogits(probabilities: readonly number[]): number[] {
  const logits = probabilities.map((p) => Math.log(Math.max(p, Number.EPSILON)));
  const mean = logits.reduce((sum, logit) => sum + logit, 0) / logits.length;
  return logits.map((logit) => logit - mean);
}

/** What a model says of neutral speech on average, [labels]: the mean of its centred logits. */
export function meanLogits(answers: readonly (readonly number[])[]): number[] {
  const logits = answers.map(centredLogits);
  return logits[0]!.map(
    (_, label) => logits.reduce((sum, row) => sum + row[label]!, 0) / logits.length,
  );
}

/**
 * How far a speaker's voice moves a model's logits [labels] whatever the emotion, told by what the model says of some
 * neutral utterances of theirs (`answers`) beside what it says of everybody's (`reference`). A speaker's offset and
 * an utterance's own chance are taken to be normal, and so the fewer the utterances, the smaller the offset:
 * n / (n + 2) of the difference.
 * @throws RangeError without an utterance
 */
export function speakerOffset(
  answers: readonly (readonly number[])[],
  reference: readonly number[],
): number[] {
  if (answers.length === 0) throw new RangeError("speakerOffset: at least one utterance is needed");
  const share = answers.length / (answers.length + priorUtterances);
  return meanLogits(answers).map((logit, label) => share * (logit - reference[label]!));
}

/** Probabilities [labels] of an utterance, without what the speaker's voice alone adds. */
export function withoutOffset(
  probabilities: readonly number[],
  offset: readonly number[],
): number[] {
  const logits = centredLogits(probabilities).map((logit, label) => logit - offset[label]!);
  const highest = Math.max(...logits);
  const parts = logits.map((logit) => Math.exp(logit - highest));
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => part / sum);
}
