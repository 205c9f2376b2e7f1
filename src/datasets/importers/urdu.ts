import { namedBy } from "./name-pattern.ts";

/**
 * URDU, talk shows, 38 speakers: `Angry/SM1_F10_A010.wav`.
 * @see https://github.com/siddiquelatif/URDU-Dataset
 */
export const urdu = namedBy({
  pattern: /^(?<speaker>S(?<sex>[MF])\d+)_F\d+_(?<emotion>[AHNS])\d+$/,
  emotions: { A: "angry", H: "happy", N: "neutral", S: "sad" },
});
