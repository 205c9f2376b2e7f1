import { namedBy } from "./name-pattern.ts";

/**
 * ASED, 65 Amharic speakers: `a5-03-01-02-50.wav` is the third angry sentence, first time, by man 50.
 * @see https://github.com/Ethio2021/ASED_V1
 */
export const ased = namedBy({
  pattern: /^(?<sentence>(?<emotion>[nfhsa])\d-\d{2})-\d{2}-(?<sex>0[12])-(?<speaker>\d{2})$/,
  emotions: { n: "neutral", f: "fearful", h: "happy", s: "sad", a: "angry" },
  sexes: { "01": "female", "02": "male" },
});
