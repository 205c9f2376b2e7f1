import { expect, test } from "vitest";
import type { TextModel } from "../../recognition/analysis.ts";
import { textPrediction, wordEvidence } from "../../recognition/fusion.ts";
import { explainWords } from "./explain-words.ts";

const labels = ["neutral", "happy", "sad"];

/** Happy by each "love", sad by each "loss". */
const model: TextModel = {
  card: { labels, neutral: [0, 0, 0] },
  probabilities: async (texts) =>
    texts.map(({ text }) => {
      const count = (word: string): number => text.split(word).length - 1;
      const odds = [1, 4 ** count("love"), 4 ** count("loss")];
      const sum = odds.reduce((total, each) => total + each, 0);
      return Float32Array.from(odds, (each) => each / sum);
    }),
};

test("each word is left out in turn, in what the words' lane shows", async () => {
  const transcript = { text: "I  love this loss", confidence: 1 };
  const { probability, without } = await explainWords(transcript, "happy", model);
  const [whole] = await model.probabilities([transcript]);
  const evidence = wordEvidence(whole!, [0, 0, 0]);
  const shown = textPrediction(Object.fromEntries(labels.map((l, k) => [l, evidence[k]!])), 0.7);
  expect(probability).toBeCloseTo(shown["happy"]!, 6);
  expect(without).toHaveLength(4);
  const [i, love, , loss] = without;
  expect(i).toBeCloseTo(probability, 6);
  expect(love).toBeLessThan(probability - 0.1);
  expect(loss).toBeGreaterThan(probability + 0.05);
});
