import { signal, type ReadonlySignal } from "@preact/signals";
import type { Analysis, Samples, Speaker } from "../../web/index.ts";
import type { Stretch } from "../worker/engine.ts";
import type { Picture } from "./picture.ts";

/** How far a recording is. */
export type RecordingState =
  | { readonly step: "decoding" | "waiting" | "analyzing"; readonly doneSec: number }
  | { readonly step: "done" }
  | { readonly step: "failed"; readonly message: string };

/** A recording that is open in the page. */
export interface Recording {
  /** SHA-256 of its bytes in hexadecimal digits: the same file is the same recording. */
  readonly id: string;
  readonly name: string;
  readonly file: Blob;
  readonly state: ReadonlySignal<RecordingState>;
  /** As far as it is decoded. */
  readonly durationSec: number;
  readonly picture: Picture;
  /** What plays: mono, 16 bits, at the rate of the models; `null` until it is decoded. */
  readonly wav: ReadonlySignal<Blob | null>;
  /** `null` until it is analyzed. */
  readonly analysis: ReadonlySignal<Analysis | null>;
  /** Times that a person marked as neutral speech: the voice is held against them. */
  readonly neutral: ReadonlySignal<readonly Stretch[]>;
  /** The voice as measured from these; `null` without any. */
  readonly speaker: ReadonlySignal<Speaker | null>;
  /** Resolves to its sound as the model has it: mono, 16 kHz. */
  samples(): Promise<Samples>;
}

export const recordings = signal<readonly Recording[]>([]);

/** The one that is shown. */
export const current = signal<Recording | null>(null);

/** Where playback is, in seconds. */
export const playheadSec = signal(0);
