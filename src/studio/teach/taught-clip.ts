import { orderLabels } from "../../shared/labels.ts";

/** A labeled clip that a model is taught with; its samples are kept under its id. */
export interface TaughtClip {
  readonly id: string;
  readonly label: string;
  /** Name of the recording, for people. */
  readonly recording: string;
  /** Clips of one recording have the same. */
  readonly recordingId: string;
  readonly speaker: string | null;
  readonly startSec: number;
  readonly endSec: number;
}

/** What can be trained in the page. */
export const taughtKinds = ["linear-probe", "audio-cnn"] as const;

export type TaughtKind = (typeof taughtKinds)[number];

/** Encoders over whose layers a probe can be taught. */
export const encoderNames = ["moonshine-base", "moonshine-tiny", "moonshine-tiny-float"] as const;

export type TaughtEncoder = (typeof encoderNames)[number];

/** The layers that a probe takes of each. */
export const taughtEncoders: Readonly<Record<TaughtEncoder, readonly number[]>> = {
  "moonshine-base": [1, 2, 3],
  "moonshine-tiny": [0, 1, 2],
  "moonshine-tiny-float": [0, 1, 2],
};

/** A training that was asked for: what it needs to go on after the tab was closed. */
export interface TeachJob {
  readonly kind: TaughtKind;
  readonly encoder: TaughtEncoder;
  /** Name of the model, and of the table of its clips: lower-case letters, digits, hyphens and plus signs. */
  readonly name: string;
  readonly clips: readonly TaughtClip[];
  /** Of the CNN. */
  readonly epochs: number;
}

/** Returns the labels of clips in the order of every label index. */
export function taughtLabels(clips: readonly Pick<TaughtClip, "label">[]): string[] {
  return orderLabels(clips.map(({ label }) => label));
}
