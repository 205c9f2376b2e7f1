import { withNeutralBias } from "../models/ordinary-speech.ts";
import { centeredLogits } from "../models/speaker-adaptation.ts";

/** Probabilities by label; they sum to 1. */
export type Probabilities = Readonly<Record<string, number>>;

/** How likely words are with each emotion, by label of a text model, relative to their mean; 1 is no evidence. */
export type Evidence = Readonly<Record<string, number>>;

/**
 * Returns how much more or less likely each label [labels] is by these words than by ordinary ones, whose mean centered
 * logits are `ordinary`: ordinary words are evidence of nothing.
 */
export function wordEvidence(
  probabilities: Float32Array,
  ordinary: readonly number[] = Array.from(probabilities, () => 0),
): number[] {
  return centeredLogits(probabilities).map((logit, label) => Math.exp(logit - ordinary[label]!));
}

/** Labels of the audio model that one label of the text model stands for: calm words read as neutral ones. */
const meanings: Readonly<Record<string, readonly string[]>> = { neutral: ["neutral", "calm"] };

const meaningsOf = (label: string): readonly string[] => meanings[label] ?? [label];

/** How far words are believed: the text model knows written comments, and the voice knows them in part. */
const wordShare = 0.7;

const normalized = (values: readonly number[]): number[] => {
  const sum = values.reduce((total, value) => total + value, 0);
  return values.map((value) => value / sum);
};

/** Returns how sure the words are of one label: 1, less the entropy of what they predict as a share of the largest one. */
function certaintyOf(evidence: Evidence): number {
  const predicted = normalized(Object.values(evidence));
  const entropy = predicted.reduce((sum, p) => sum - (p === 0 ? 0 : p * Math.log(p)), 0);
  return 1 - entropy / Math.log(predicted.length);
}

/**
 * Returns voice and words together, in the labels of the voice: the voice's probabilities times the evidence of the words,
 * to the power of `wordShare` times the confidence of their transcript, 0 to 1, and the certainty of the words. A label that
 * the text model lacks has no evidence.
 */
export function fuseChannels(
  voice: Probabilities,
  evidence: Evidence,
  transcriptConfidence: number,
): Probabilities {
  const ofVoice = new Map(
    Object.entries(evidence).flatMap(([label, value]) =>
      meaningsOf(label).map((meaning): [string, number] => [meaning, value]),
    ),
  );
  const labels = Object.keys(voice);
  const known = labels.filter((label) => ofVoice.has(label));
  const weight = wordShare * transcriptConfidence * certaintyOf(evidence);
  const factors = new Map(known.map((label) => [label, ofVoice.get(label)! ** weight]));
  const products = labels.map((label) => voice[label]! * (factors.get(label) ?? 1));
  return Object.fromEntries(normalized(products).map((value, k) => [labels[k]!, value]));
}

/** Returns what words alone predict, where a share of what is said is neutral, or by default each label is as likely. */
export function textPrediction(evidence: Evidence, neutralShare?: number): Probabilities {
  const labels = Object.keys(evidence);
  const alike = normalized(Object.values(evidence));
  const others = labels.length - 1;
  const bias =
    neutralShare === undefined ? 0 : Math.log((neutralShare * others) / (1 - neutralShare));
  const probabilities = withNeutralBias(labels, alike, bias);
  return Object.fromEntries(labels.map((label, k) => [label, probabilities[k]!]));
}

/** At this probability an emotion is likelier than all others together. */
const confidentAt = 0.5;

interface ChannelPrediction {
  readonly emotion: string;
  readonly confidence: number;
}

/** Whether both predictions are confident, the transcript too, and the emotions different ones. */
export function channelsDisagree(
  voice: ChannelPrediction,
  words: ChannelPrediction & { readonly transcriptConfidence: number },
): boolean {
  const confident =
    Math.min(voice.confidence, words.confidence, words.transcriptConfidence) >= confidentAt;
  return confident && !meaningsOf(words.emotion).includes(voice.emotion);
}
