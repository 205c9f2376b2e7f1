import { isUnemotional } from "../models/ordinary-speech.ts";
import { toPlaces } from "./places.ts";

/** Probabilities of speech that is negative, neutral or positive; they sum to 1. */
export interface Polarity {
  readonly negative: number;
  readonly neutral: number;
  readonly positive: number;
}

const negative: ReadonlySet<string> = new Set(["sad", "angry", "fearful", "disgust"]);

/**
 * Returns probabilities by label as those of negative, neutral and positive speech; `null` where a label is none of them for
 * sure. Surprise, which is as often pleasant as not, is shared between negative and positive.
 */
export function polarityOf(probabilities: Readonly<Record<string, number>>): Polarity | null {
  const sums = { negative: 0, neutral: 0, positive: 0 };
  for (const [label, probability] of Object.entries(probabilities)) {
    if (isUnemotional(label)) sums.neutral += probability;
    else if (label === "happy") sums.positive += probability;
    else if (negative.has(label)) sums.negative += probability;
    else if (label === "surprised") {
      sums.negative += probability / 2;
      sums.positive += probability / 2;
    } else return null;
  }
  return {
    negative: toPlaces(sums.negative),
    neutral: toPlaces(sums.neutral),
    positive: toPlaces(sums.positive),
  };
}
