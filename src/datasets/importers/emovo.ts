import { namedBy } from "./name-pattern.ts";

/**
 * EMOVO, six Italian actors, 14 sentences: `rab-f1-b1.wav`.
 * @see https://aclanthology.org/L14-1478/
 */
export const emovo = namedBy({
  pattern:
    /^(?<emotion>dis|gio|neu|pau|rab|sor|tri)-(?<speaker>(?<sex>[fm])[1-3])-(?<sentence>[a-z]+\d+)$/,
  emotions: {
    dis: "disgust",
    gio: "happy",
    neu: "neutral",
    pau: "fearful",
    rab: "angry",
    sor: "surprised",
    tri: "sad",
  },
});
