import type { SentError } from "../shared/sent-errors.ts";
import type { Progress } from "../shared/logger.ts";
import type { Analysis, Segment, SegmentEvent } from "./analysis.ts";
import type { EnrolledSpeaker } from "./engine.ts";
import type { EnrollOptions } from "./enrollment.ts";
import type { AnalysisStage, RecognizeOptions } from "./recognize.ts";

/** A recording as the thread knows it: it opens files itself, and pulls bytes, samples and blocks from its caller. */
export type SoundReference =
  | { readonly path: string }
  | { readonly sizeBytes: number; readonly name: string | undefined }
  | { readonly sampleRate: number; readonly length: number }
  | { readonly sampleRate: number };

/** What an engine is asked for. */
export interface ThreadCall {
  readonly kind: "call";
  readonly call: number;
  readonly method: "analyze" | "stream" | "classify" | "enroll";
  readonly sounds: readonly SoundReference[];
  readonly options: Omit<RecognizeOptions & EnrollOptions, "signal" | "onProgress">;
  readonly wantsProgress: boolean;
}

/** From the caller to the thread. */
export type ToThread =
  | ThreadCall
  | { readonly kind: "abort"; readonly call: number }
  | { readonly kind: "pulled"; readonly pull: number; readonly value: Pulled | undefined }
  | { readonly kind: "pull-failed"; readonly pull: number; readonly error: SentError }
  | { readonly kind: "close" };

/** Bytes of a source, samples of each channel, or the next block. */
export type Pulled = Uint8Array | Float32Array | readonly Float32Array[];

/** What a call gives in the end. */
export type CallResult = Analysis | Segment | EnrolledSpeaker;

/** From the thread to the caller. */
export type FromThread =
  | {
      readonly kind: "ready";
      readonly labels: readonly string[];
      readonly transcriber: string | null;
      readonly warnings: readonly string[];
    }
  | { readonly kind: "refused"; readonly error: SentError }
  | { readonly kind: "download"; readonly progress: Progress }
  | {
      readonly kind: "progress";
      readonly call: number;
      readonly doneSec: number;
      readonly stage: AnalysisStage;
    }
  | { readonly kind: "event"; readonly call: number; readonly event: SegmentEvent }
  | { readonly kind: "result"; readonly call: number; readonly value: CallResult }
  | { readonly kind: "failed"; readonly call: number; readonly error: SentError }
  | {
      readonly kind: "pull";
      readonly call: number;
      readonly pull: number;
      /** Which of the call's recordings. */
      readonly sound: number;
      /** Bytes or samples [start, end) of a source; none for the next block. */
      readonly range?: readonly [number, number];
    };
