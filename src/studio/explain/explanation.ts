/** How much each part of a segment's sound spoke for its emotion. */
export interface VoiceExplanation {
  readonly emotion: string;
  /** `gradients` of the network by its spectrogram, or what becomes of the answer where each stretch in turn is `silence`. */
  readonly by: "gradients" | "silence";
  readonly startSec: number;
  readonly endSec: number;
  /** Hz */
  readonly fMin: number;
  readonly fMax: number;
  readonly columns: number;
  readonly rows: number;
  /** Contributions to the emotion's logit [columns, rows], the lowest band first; below 0 against it. */
  readonly values: Float32Array;
}

/** What becomes of the words' answer without each of them. */
export interface WordExplanation {
  readonly emotion: string;
  /** Of the emotion, by all words. */
  readonly probability: number;
  /** The same without each word in turn. */
  readonly without: readonly number[];
}

/** Why a segment is said to have its emotion. */
export interface Explanation {
  readonly voice: VoiceExplanation;
  /** `null` where words have no part in the answer. */
  readonly words: WordExplanation | null;
}

/** Told of steps; what it throws ends the work. */
export type OnStep = (done: number, total: number) => void;
