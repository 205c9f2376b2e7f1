/** Undertone in the browser, `undertone/web`: ONNX Runtime in WebAssembly, models by URL, no recording leaves the page. */
export type {
  Abstention,
  Analysis,
  Prediction,
  Segment,
  SegmentEvent,
  Summary,
  TextPrediction,
} from "../recognition/analysis.ts";
export type { AudioInput, InputOptions, Samples } from "../recognition/audio-input.ts";
export type { EnrolledSpeaker } from "../recognition/engine.ts";
export type { Speaker } from "../recognition/enrollment.ts";
export type {
  AnalyzeOptions,
  ClassifyOptions,
  LabelScore,
  Recognizer,
  StreamEvent,
  StreamOptions,
} from "../recognition/recognizer.ts";
export type { Progress } from "../shared/logger.ts";
export { UndertoneError, type ErrorCode } from "../shared/errors.ts";
export { loadRecognizer, type RecognizerOptions } from "./load-recognizer.ts";
export { webRuntime, type WebRuntimeOptions } from "./runtime.ts";
