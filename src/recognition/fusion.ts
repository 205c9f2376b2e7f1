import { combine } from "../models/combination.ts";

/** Probabilities by label; they sum to 1. */
export type Probabilities = Readonly<Record<string, number>>;

/** Labels of the audio model that one label of the text model stands for: calm words read as neutral ones. */
const meanings: Readonly<Record<string, readonly string[]>> = { neutral: ["neutral", "calm"] };

const meaningsOf = (label: string): readonly string[] => meanings[label] ?? [label];

/**
 * Returns the text model's probabilities along the audio model's labels. A label of the text model that stands for several is
 * divided in the proportion of the audio model's probabilities; one that the text model lacks keeps the audio model's
 * probability; one that the audio model lacks is left out. The result sums to 1.
 */
export function alignWords(words: Probabilities, voice: Probabilities): Probabilities {
  const aligned = new Map<string, number>();
  for (const [label, probability] of Object.entries(words)) {
    const names = meaningsOf(label).filter((name) => name in voice);
    const sum = names.reduce((total, name) => total + voice[name]!, 0);
    for (const name of names) {
      const share = sum > 0 ? voice[name]! / sum : 1 / names.length;
      aligned.set(name, (aligned.get(name) ?? 0) + probability * share);
    }
  }
  const total = [...aligned.values()].reduce((sum, probability) => sum + probability, 0);
  if (total === 0) return voice;
  const named = [...aligned.keys()].reduce((sum, label) => sum + voice[label]!, 0);
  return Object.fromEntries(
    Object.entries(voice).map(([label, probability]) => [
      label,
      aligned.has(label) ? (aligned.get(label)! / total) * named : probability,
    ]),
  );
}

/**
 * Returns voice and words together, in the labels of the voice: the mean of their log probabilities,
 * in which the voice counts 1 and the words count the confidence of their transcript, 0 to 1.
 */
export function fuseChannels(
  voice: Probabilities,
  words: Probabilities,
  transcriptConfidence: number,
): Probabilities {
  const voiceWeight = 1 / (1 + transcriptConfidence);
  const fused = combine({ method: "weights", weights: [voiceWeight, 1 - voiceWeight] }, [
    Object.values(voice),
    Object.values(alignWords(words, voice)),
  ]);
  return Object.fromEntries(Object.keys(voice).map((label, k) => [label, fused[k]!]));
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
