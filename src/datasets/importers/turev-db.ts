import { namedBy } from "./name-pattern.ts";

/**
 * TurEV-DB, six Turkish speakers, 82 words: `Sound Source/Angry/1157_kz_acik.wav`.
 * @see https://github.com/Xeonen/TurEV-DB
 */
export const turevDb = namedBy({
  pattern: /(?:^|\/)(?<emotion>Angry|Calm|Happy|Sad)\/(?<speaker>\d{4})_[a-z]{2}_(?<words>\w+)$/,
  emotions: { Angry: "angry", Calm: "calm", Happy: "happy", Sad: "sad" },
});
