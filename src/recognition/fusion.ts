import { combine } from "../models/combination.ts";

/** Probabilities by label; they sum to 1. */
export type Probabilities = Readonly<Record<string, number>>;

/** Labels of a voice that one label of the words can stand for: nobody writes calm otherwise than neutral. */
const meanings: Readonly<Record<string, readonly string[]>> = { neutral: ["neutral", "calm"] };

const meaningsOf = (label: string): readonly string[] => meanings[label] ?? [label];

/**
 * Returns the text model's probabilities in the labels of the voice. What a label of the words can mean is divided in the
 * proportion that the voice gives; a label that the words have no name for keeps the voice's
 * probability; one that the voice has no name for is left out. The result sums to 1.
 */
export function alignWords(words: Probabilities, voice: Probabilities): Probabilities {
  const said = new Map<string, number>();
  for (const [label, probability] of Object.entries(words)) {
    const names = meaningsOf(label).filter((name) => name in voice);
    const sum = names.reduce((total, name) => total + voice[name]!, 0);
    for (const name of names) {
      const share = sum > 0 ? voice[name]! / sum : 1 / names.length;
      said.set(name, (said.get(name) ?? 0) + probability * share);
    }
  }
  const total = [...said.values()].reduce((sum, probability) => sum + probability, 0);
  if (total === 0) return voice;
  const named = [...said.keys()].reduce((sum, label) => sum + voice[label]!, 0);
  return Object.fromEntries(
    Object.entries(voice).map(([label, probability]) => [
      label,
      said.has(label) ? (said.get(label)! / total) * named : probability,
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

/** A channel is sure when its emotion is likelier than all others together. */
const sureAt = 0.5;

interface Said {
  readonly emotion: string;
  readonly confidence: number;
}

/** Whether both channels are sure, the words well understood, and the emotions different ones. */
export function channelsDisagree(
  voice: Said,
  words: Said & { readonly transcriptConfidence: number },
): boolean {
  const sure = Math.min(voice.confidence, words.confidence, words.transcriptConfidence) >= sureAt;
  return sure && !meaningsOf(words.emotion).includes(voice.emotion);
}
