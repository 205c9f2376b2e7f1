import { neutralLabel } from "../shared/emotions.ts";
import { logOf, softmaxOf } from "../shared/probabilities.ts";
import {
  offsetOfSpeech,
  trustIn,
  withoutOffset,
  type UnlabeledSpeech,
  type VoiceReference,
} from "./speaker-adaptation.ts";

/** Labels of speech without an emotion. */
const unemotional: ReadonlySet<string> = new Set([neutralLabel, "calm"]);

/** How a model's predictions become those of ordinary speech, which is mostly neutral: of its model card. */
export interface OrdinarySpeech {
  /** Share of neutral speech that the biases are for. */
  readonly neutralShare: number;
  /** @see VoiceReference */
  readonly speakerShare: number;
  /**
   * Added to the logit of neutral speech: `adapted` where the speaker's voice is known, `unknown` where it is not. Fitted on
   * speakers whom the model did not know, in so many parts neutral.
   */
  readonly bias: { readonly adapted: number; readonly unknown: number };
  /** Quantiles of the evidence of an emotion in neutral speech, in equal steps from the least to the greatest. */
  readonly evidence: readonly number[];
}

/** Returns whether a label is of speech without an emotion. */
export function isUnemotional(label: string): boolean {
  return unemotional.has(label);
}

/** Returns the probability that speech is without an emotion. */
export function neutrality(
  labels: readonly string[],
  probabilities: readonly number[] | Float32Array,
): number {
  return labels.reduce(
    (sum, label, index) => sum + (isUnemotional(label) ? probabilities[index]! : 0),
    0,
  );
}

/** Returns a function that gives the probability of speech without an emotion once the logit of neutral speech is raised. */
export function neutralityWith(
  labels: readonly string[],
  bias: number,
): (probabilities: readonly number[]) => number {
  return (probabilities) => neutrality(labels, withNeutralBias(labels, probabilities, bias));
}

/** Returns the evidence of an emotion: the log odds of any against none. */
export function emotionEvidence(
  labels: readonly string[],
  probabilities: readonly number[] | Float32Array,
): number {
  const calm = neutrality(labels, probabilities);
  return logOf(1 - calm) - logOf(calm);
}

const logOdds = (share: number): number => Math.log(share / (1 - share));

/**
 * Returns what is added to the logit of neutral speech where a voice is known by so many utterances and that share of the
 * speech is neutral.
 */
export function neutralBias(
  { bias, neutralShare }: OrdinarySpeech,
  { utterances, share }: { readonly utterances: number; readonly share: number },
): number {
  const known = trustIn(utterances);
  const fitted = known * bias.adapted + (1 - known) * bias.unknown;
  return fitted + logOdds(share) - logOdds(neutralShare);
}

/** Speech whose neutral share is expected, held against its voice. */
interface ExpectedSpeech {
  /** Adapted probabilities [labels] of each part. */
  readonly predictions: readonly (readonly number[])[];
  /** Utterances that each part is as long as. */
  readonly lengths: readonly number[];
}

/** Utterances at which what speech itself says of the bias weighs as much as the fitted one. */
const matchingUtterances = 6;

/** Nats that speech may move the bias by at most. */
const largestShift = 6;

/**
 * Returns what a bias of neutral speech lacks for that share of speech to be neutral on average, drawn to 0 where there is
 * little speech; 0 where more is neutral: speech may be all of it.
 * @see Saerens et al. 2002, Adjusting the Outputs of a Classifier to New a Priori Probabilities
 */
export function priorShift(
  { predictions, lengths }: ExpectedSpeech,
  { labels, bias, share }: Readonly<{ labels: readonly string[]; bias: number; share: number }>,
): number {
  const neutral = labels.indexOf(neutralLabel);
  const parts = predictions.map((probabilities, part) => {
    const own = probabilities[neutral]!;
    return { own, others: neutrality(labels, probabilities) - own, length: lengths[part]! };
  });
  const utterances = lengths.reduce((sum, length) => sum + length, 0);
  let [low, high] = [0, largestShift];
  while (high - low > 1e-3) {
    const shift = (low + high) / 2;
    const factor = Math.exp(bias + shift);
    const calm = parts.reduce((sum, { own, others, length }) => {
      return sum + (length * (own * factor + others)) / (own * factor + 1 - own);
    }, 0);
    if (calm < share * utterances) low = shift;
    else high = shift;
  }
  return (low * utterances) / (utterances + matchingUtterances);
}

/** What speech tells of a voice where it is not known which of it is neutral. */
export interface LearnedVoice {
  /** @see offsetOfSpeech */
  readonly offset: readonly number[];
  /** @see priorShift */
  readonly shift: number;
}

/** Returns what speech tells of its voice, with that bias of neutral speech, of which that share is expected to be neutral. */
export function learnVoice(
  speech: UnlabeledSpeech,
  reference: VoiceReference,
  expected: Readonly<{ labels: readonly string[]; bias: number; share: number }>,
): LearnedVoice {
  const { labels, bias } = expected;
  const offset = offsetOfSpeech(speech, reference, neutralityWith(labels, bias));
  const predictions = speech.predictions.map((row) => withoutOffset(row, offset));
  return { offset, shift: priorShift({ ...speech, predictions }, expected) };
}

/** Returns probabilities [labels] with the logit of neutral speech raised. */
export function withNeutralBias(
  labels: readonly string[],
  probabilities: readonly number[] | Float32Array,
  bias: number,
): number[] {
  return softmaxOf(
    Array.from(
      probabilities,
      (probability, index) => logOf(probability) + (labels[index] === neutralLabel ? bias : 0),
    ),
  );
}
