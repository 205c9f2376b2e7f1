/** Undertone in the browser, `undertone/web`: ONNX Runtime in WebAssembly, models by URL, no recording leaves the page. */
export type {
  Abstention,
  Analysis,
  Prediction,
  Segment,
  SegmentEvent,
  SpeakerAnalysis,
  Summary,
  TextPrediction,
} from "../recognition/analysis.ts";
export type { AudioInput, InputOptions, Samples } from "../recognition/audio-input.ts";
export type { EnrolledSpeaker } from "../recognition/engine.ts";
export type { Speaker } from "../recognition/enrollment.ts";
export type {
  AnalyzeOptions,
  ClassifyOptions,
  EnrollmentOptions,
  LabelScore,
  Recognizer,
  StreamEvent,
  StreamOptions,
} from "../recognition/recognizer.ts";
export { strongestMoments } from "../recognition/moments.ts";
export type { Polarity } from "../recognition/polarity.ts";
export type { Sensitivity } from "../recognition/reference-options.ts";
export type { ReferenceUsed } from "../recognition/speaker-reference.ts";
export type { Progress } from "../shared/logger.ts";
export { UndertoneError, type ErrorCode } from "../shared/errors.ts";
export { loadRecognizer, type RecognizerOptions } from "./load-recognizer.ts";
export { webRuntime, type WebDevice, type WebRuntimeOptions } from "./runtime.ts";
