import { signal, type Signal } from "@preact/signals";
import type { Analysis, Samples } from "../../web/index.ts";

/** A recording that is open in the page. */
export interface Recording {
  /** SHA-256 of its bytes in hexadecimal digits: the same file is the same recording. */
  readonly id: string;
  readonly name: string;
  readonly durationSec: number;
  /** `null` until it is analyzed. */
  readonly analysis: Signal<Analysis | null>;
  /** Resolves to its sound as the model has it: mono, 16 kHz. */
  samples(): Promise<Samples>;
}

export const recordings = signal<readonly Recording[]>([]);

/** The one that is shown. */
export const current = signal<Recording | null>(null);

/** Where playback is, in seconds. */
export const playheadSec = signal(0);
