import { namedBy } from "./name-pattern.ts";

/**
 * JL corpus, New Zealand English, four speakers: `female1_angry_10a_1.wav`. Its five secondary emotions are left out.
 * @see https://github.com/tli725/JL-Corpus
 */
export const jlCorpus = namedBy({
  pattern: /^(?<speaker>(?<sex>male|female)[12])_(?<emotion>[a-z]+)_(?<sentence>\d+[ab])_[12]$/,
  emotions: { angry: "angry", sad: "sad", neutral: "neutral", happy: "happy", excited: "excited" },
  omitted: "secondary emotion",
});
