import type { Speaker } from "./enrollment.ts";

/** Shares of neutral speech that are expected beforehand: the lower, the more emotions are reported. */
export const neutralShares = { low: 0.9, normal: 0.7, high: 0.5 } as const;

/** The same of a long recording, or of a folder: one clip may be chosen for its emotion, they seldom are. */
export const longSpeechShares = { low: 0.95, normal: 0.8, high: 0.6 } as const;

/** How readily emotions are reported. */
export type Sensitivity = keyof typeof neutralShares;

export const sensitivities = ["low", "normal", "high"] as const satisfies readonly Sensitivity[];

/** What a voice can be held against: the speech of the recording itself, or that of the training data on average. */
export const references = ["recording", "training"] as const;

export interface ReferenceOptions {
  /** Who speaks, as `enroll` returned them; without one the recording tells. */
  readonly speaker?: Speaker | undefined;
  /** What the voice is held against where no `speaker` is given; "recording" by default. */
  readonly reference?: (typeof references)[number] | undefined;
  /** How readily emotions are reported; "normal" by default. */
  readonly sensitivity?: Sensitivity | undefined;
}
