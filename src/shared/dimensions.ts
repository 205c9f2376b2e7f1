/** What a model can be trained to predict: one of some emotions, or values on dimensions of emotion. */
export const targets = ["emotion", "dimensions"] as const;

export type Target = (typeof targets)[number];

/** The dimensions of emotion that corpora rate, in the order of predictions. */
export const dimensionNames = ["arousal", "valence", "dominance"] as const;

export type DimensionName = (typeof dimensionNames)[number];

/** A dimension, and the ends of the scale of its ratings. */
export interface DimensionScale {
  readonly name: DimensionName;
  readonly low: number;
  readonly high: number;
}
