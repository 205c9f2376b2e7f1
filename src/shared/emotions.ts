/** The emotions of RAVDESS in the order of its file names: the labels that the published models know. */
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

/** The label of speech without an emotion: what voices are measured from. */
export const neutralLabel: Emotion = "neutral";
