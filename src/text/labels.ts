import type { Emotion } from "../shared/emotions.ts";

/** What a corpus's label maps to: one of the eight emotions, or nothing. */
export type LabelMeaning = Emotion | "left out";

/**
 * The labels of each known text corpus, mapped to the eight emotions; those that fit none are left out. "calm" occurs in no
 * corpus. DailyDialog's labels are the numbers of its files.
 */
export const textLabels = {
  meld: {
    neutral: "neutral",
    joy: "happy",
    sadness: "sad",
    anger: "angry",
    fear: "fearful",
    disgust: "disgust",
    surprise: "surprised",
  },
  // Only labels that name one of the eight, or a degree or cause of it.
  goemotions: {
    admiration: "left out",
    amusement: "happy",
    anger: "angry",
    annoyance: "angry",
    approval: "left out",
    caring: "left out",
    confusion: "left out",
    curiosity: "left out",
    desire: "left out",
    disappointment: "sad",
    disapproval: "left out",
    disgust: "disgust",
    embarrassment: "left out",
    excitement: "happy",
    fear: "fearful",
    gratitude: "left out",
    grief: "sad",
    joy: "happy",
    love: "left out",
    nervousness: "fearful",
    optimism: "left out",
    pride: "left out",
    realization: "left out",
    relief: "left out",
    remorse: "sad",
    sadness: "sad",
    surprise: "surprised",
    neutral: "neutral",
  },
  // The authors' own grouping: joy also holds admiration, approval, caring, desire, gratitude, love,
  // optimism, pride and relief; anger disapproval; sadness embarrassment; surprise confusion,
  // curiosity and realization.
  "goemotions-ekman": {
    anger: "angry",
    disgust: "disgust",
    fear: "fearful",
    joy: "happy",
    neutral: "neutral",
    sadness: "sad",
    surprise: "surprised",
  },
  "dair-emotion": {
    joy: "happy",
    sadness: "sad",
    anger: "angry",
    fear: "fearful",
    love: "left out",
    surprise: "surprised",
  },
  isear: {
    joy: "happy",
    fear: "fearful",
    anger: "angry",
    sadness: "sad",
    disgust: "disgust",
    shame: "left out",
    guilt: "left out",
  },
  dailydialog: {
    "0": "neutral",
    "1": "angry",
    "2": "disgust",
    "3": "fearful",
    "4": "happy",
    "5": "sad",
    "6": "surprised",
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, LabelMeaning>>>>;

/** A text corpus that is known by its files. */
export type TextCorpusName = keyof typeof textLabels;

/** Returns what a corpus's label maps to; `undefined` for one that the corpus does not have. */
export function meaningOf(corpus: TextCorpusName, label: string): LabelMeaning | undefined {
  const labels: Readonly<Record<string, LabelMeaning>> = textLabels[corpus];
  return Object.hasOwn(labels, label) ? labels[label] : undefined;
}
