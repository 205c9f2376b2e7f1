import { orderLabels } from "../shared/labels.ts";
import type { Segment } from "./segment.ts";

export type Sex = "female" | "male";

/** The parts of a split. */
export const splitNames = ["train", "validation", "test"] as const;

export type SplitName = (typeof splitNames)[number];

/** The speaker of clips whose corpus names none: they must not be taken for several people. */
export const unknownSpeaker = "unknown";

/** The label of clips whose corpus rates dimensions and names no labels. */
export const unlabeled = "unlabeled";

/** How raters placed a clip on dimensions of emotion. */
export interface Dimensions {
  readonly arousal?: number;
  readonly valence?: number;
  readonly dominance?: number;
}

/** A labeled utterance. `id` is unique in its manifest. */
export interface Utterance {
  readonly id: string;
  /** Any label: one of the eight emotions under its canonical name, or one of the corpus's own. */
  readonly emotion: string;
  readonly speakerId: string;
  /** The corpus that it comes from; by default that of its manifest. */
  readonly corpus?: string;
  readonly sex?: Sex;
  readonly transcript?: string;
  /** Ratings on the corpus's own scales. */
  readonly dimensions?: Dimensions;
  /** The split that the corpus itself assigns it to. */
  readonly split?: SplitName;
}

/** An utterance that was recorded; `path` is absolute. */
export interface Clip extends Utterance {
  readonly path: string;
  readonly sentenceId?: string;
  /** The part of the recording that it is; all of it by default. */
  readonly segment?: Segment;
  readonly intensity?: "normal" | "strong";
}

/** Whether an utterance has a recording. */
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

/** The distinct corpora of a manifest, in the order of their first clips. */
export function corporaIn({ corpus, clips }: Manifest<Utterance>): string[] {
  return [...new Set(clips.map((clip) => clip.corpus ?? corpus))];
}

/** The distinct speakers of some utterances, sorted. */
export function speakersOf(utterances: readonly Utterance[]): string[] {
  return [...new Set(utterances.map(({ speakerId }) => speakerId))].toSorted();
}

/** The distinct labels of some utterances, in the order of label indices. */
export function labelsOf(utterances: readonly Pick<Utterance, "emotion">[]): string[] {
  return orderLabels(utterances.map(({ emotion }) => emotion));
}
