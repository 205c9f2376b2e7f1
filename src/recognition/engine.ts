import type { Analysis, Segment, SegmentEvent } from "./analysis.ts";
import type { Sound } from "./audio-input.ts";
import type { EnrollOptions, Speaker } from "./enrollment.ts";
import type { RecognizeOptions } from "./recognize.ts";

/** A speaker who was enrolled from recordings. */
export interface EnrolledSpeaker extends Speaker {
  /** What was degraded while decoding the recordings. */
  readonly warnings: readonly string[];
}

/** What does a recognizer's work: in the caller's thread or in another one. */
export interface Engine {
  readonly labels: readonly string[];
  /** Name of the transcriber; `null` without one. */
  readonly transcriber: string | null;
  /** What is degraded in all results. */
  readonly warnings: readonly string[];
  analyze(sound: Sound, options: RecognizeOptions): Promise<Analysis>;
  /** Yields segments as they settle, and returns the whole analysis. */
  stream(sound: Sound, options: RecognizeOptions): AsyncGenerator<SegmentEvent, Analysis>;
  /** Predicts a clip as one segment. */
  classify(sound: Sound, options: RecognizeOptions): Promise<Segment>;
  enroll(sounds: readonly Sound[], options: EnrollOptions): Promise<EnrolledSpeaker>;
  close(): Promise<void>;
}
