/** Undertone as a library: load a recognizer once, recognize emotions in many recordings with it. */
export type {
  Abstention,
  Analysis,
  Prediction,
  Segment,
  SegmentEvent,
  SpeakerAnalysis,
  Summary,
  TextPrediction,
} from "./recognition/analysis.ts";
export type { AudioInput, InputOptions, Samples } from "./recognition/audio-input.ts";
export type { EnrolledSpeaker } from "./recognition/engine.ts";
export type { Speaker } from "./recognition/enrollment.ts";
export { loadRecognizer, type RecognizerOptions } from "./recognition/load-recognizer.node.ts";
export { strongestMoments } from "./recognition/moments.ts";
export type { Polarity } from "./recognition/polarity.ts";
export type { Sensitivity } from "./recognition/reference-options.ts";
export type { ReferenceUsed } from "./recognition/speaker-reference.ts";
export type { FileLocation, GivenModelFiles } from "./recognition/model-sources.node.ts";
export type {
  AnalyzeOptions,
  ClassifyOptions,
  EnrollmentOptions,
  LabelScore,
  Recognizer,
  StreamEvent,
  StreamOptions,
} from "./recognition/recognizer.ts";
export { subtitlesOf } from "./recognition/subtitles.ts";
export { toTextGrid } from "./recognition/text-grid.ts";
export type { Progress } from "./shared/logger.ts";
export { toSrt, toVtt, type Cue } from "./transcription/subtitles.ts";
export { UndertoneError, type ErrorCode } from "./shared/errors.ts";
