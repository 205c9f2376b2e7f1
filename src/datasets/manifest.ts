import type { Emotion } from "../shared/emotions.ts";

export type Sex = "female" | "male";

/** Something said, with its label. `id` is unique in its manifest. */
export interface Utterance {
  readonly id: string;
  readonly emotion: Emotion;
  readonly speakerId: string;
  readonly sex?: Sex;
  readonly transcript?: string;
  /** Where the corpus itself puts it. */
  readonly side?: "train" | "validation" | "test";
}

/** An utterance that was recorded; `path` is absolute. */
export interface Clip extends Utterance {
  readonly path: string;
  readonly sentenceId?: string;
  readonly intensity?: "normal" | "strong";
}

/** Whether there is a recording to hear. */
export function isRecorded(utterance: Utterance): utterance is Clip {
  return "path" in utterance;
}

/** A corpus on disk: what every split, check and training run reads. */
export interface Manifest<U extends Utterance = Clip> {
  readonly corpus: string;
  /** Absolute path of the folder or table that it was read from. */
  readonly root: string;
  readonly clips: readonly U[];
}

/** Files of a corpus that its manifest does not hold, and why. */
export interface LeftOut {
  readonly reason: string;
  readonly count: number;
}

/** The distinct speakers of some utterances, sorted. */
export function speakersOf(utterances: readonly Utterance[]): string[] {
  return [...new Set(utterances.map(({ speakerId }) => speakerId))].toSorted();
}
