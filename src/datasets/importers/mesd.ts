import { namedBy } from "./name-pattern.ts";

/**
 * Mexican Emotional Speech Database, single words: `Anger_C_A_abajo.wav`. Names tell women (F), men (M) and children (C), not
 * the eleven voices, so that each of the three counts as one speaker.
 * @see https://data.mendeley.com/datasets/cy34mh68j9/5
 */
export const mesd = namedBy({
  pattern: /^(?<emotion>[A-Z][a-z]+)_(?<speaker>(?<sex>[FMC]))_[AB](?:_\d+)?_(?<words>.+)$/,
  emotions: {
    Anger: "angry",
    Disgust: "disgust",
    Fear: "fearful",
    Happiness: "happy",
    Neutral: "neutral",
    Sadness: "sad",
  },
});
