/** The emotions of RAVDESS, in the order of its file names: every label index refers to this list. */
export const emotions = [
  "neutral",
  "calm",
  "happy",
  "sad",
  "angry",
  "fearful",
  "disgust",
  "surprised",
] as const;

export type Emotion = (typeof emotions)[number];

const synonyms: ReadonlyMap<string, Emotion> = new Map([
  ["anger", "angry"],
  ["calmness", "calm"],
  ["disgusted", "disgust"],
  ["fear", "fearful"],
  ["happiness", "happy"],
  ["joy", "happy"],
  ["sadness", "sad"],
  ["surprise", "surprised"],
]);

/**
 * Reads an emotion as people write it: any case, noun or adjective (`Joy`, `happiness`, `HAPPY`).
 * Returns `undefined` for a word that names none of the eight.
 */
export function parseEmotion(word: string): Emotion | undefined {
  const key = word.trim().toLowerCase();
  return emotions.find((emotion) => emotion === key) ?? synonyms.get(key);
}
