import type { Emotion } from "../shared/emotions.ts";

export type Sex = "female" | "male";

/** One labelled recording. `id` is unique in its manifest; `path` is absolute. */
export interface Clip {
  readonly id: string;
  readonly path: string;
  readonly emotion: Emotion;
  readonly speakerId: string;
  readonly sex?: Sex;
  readonly sentenceId?: string;
  readonly intensity?: "normal" | "strong";
  readonly transcript?: string;
}

/** A corpus on disk: what every split, check and training run reads. */
export interface Manifest {
  readonly corpus: string;
  /** Absolute path of the folder or table that it was read from. */
  readonly root: string;
  readonly clips: readonly Clip[];
}

/** Files of a corpus that its manifest does not hold, and why. */
export interface LeftOut {
  readonly reason: string;
  readonly count: number;
}

/** The distinct speakers of some clips, sorted. */
export function speakersOf(clips: readonly Clip[]): string[] {
  return [...new Set(clips.map((clip) => clip.speakerId))].toSorted();
}
