import { namedBy } from "./name-pattern.ts";

/**
 * SUBESCO, 20 Bangla actors, ten sentences: `F_02_MONIKA_S_1_NEUTRAL_5.wav`.
 * @see https://doi.org/10.1371/journal.pone.0250173
 */
export const subesco = namedBy({
  pattern: /^(?<speaker>(?<sex>[MF])_\d{2})_[A-Z]+_S_(?<sentence>\d+)_(?<emotion>[A-Z]+)_\d+$/,
  emotions: {
    ANGRY: "angry",
    DISGUST: "disgust",
    FEAR: "fearful",
    HAPPY: "happy",
    NEUTRAL: "neutral",
    SAD: "sad",
    SURPRISE: "surprised",
  },
});
