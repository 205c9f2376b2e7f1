import type { Transcript } from "../../models/example.ts";
import type { TextModel } from "../../recognition/analysis.ts";
import { textPrediction, wordEvidence } from "../../recognition/fusion.ts";
import { neutralShares } from "../../recognition/reference-options.ts";
import { byLabel } from "../../recognition/timeline.ts";
import type { WordExplanation } from "./explanation.ts";

/** Returns the words of a text, as they are shown. */
export const wordsOf = (text: string): string[] => text.split(/\s+/).filter((word) => word !== "");

/**
 * Returns how probable the words' emotion is by all words, and with each of them left out in turn.
 * @throws RangeError for an emotion that the model does not know
 */
export async function explainWords(
  { text, confidence }: Transcript,
  emotion: string,
  { card, probabilities }: TextModel,
): Promise<WordExplanation> {
  const { labels, neutral } = card;
  if (!labels.includes(emotion)) throw new RangeError(`explainWords: no label ${emotion}`);
  const words = wordsOf(text);
  const texts = [text, ...words.map((_, left) => words.filter((__, n) => n !== left).join(" "))];
  const share = neutral === undefined ? undefined : neutralShares.normal;
  const rows = await probabilities(texts.map((each) => ({ text: each, confidence })));
  const [probability, ...without] = rows.map(
    (row) => textPrediction(byLabel(labels, wordEvidence(row, neutral)), share)[emotion]!,
  );
  return { emotion, probability: probability!, without };
}
