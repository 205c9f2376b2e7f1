/** Undertone as a library: load a recognizer once, analyze files and samples with it. */
export type {
  Abstention,
  Analysis,
  Prediction,
  Segment,
  TextPrediction,
} from "./recognition/analysis.ts";
export type { AnalysisStage, AnalyzeSamplesOptions } from "./recognition/analyze-samples.ts";
export {
  loadRecognizer,
  type AnalyzeFileOptions,
  type EnrolledSpeaker,
  type Recognizer,
  type RecognizerOptions,
} from "./recognition/load-recognizer.node.ts";
export type { Speaker } from "./recognition/enrollment.ts";
export { subtitlesOf } from "./recognition/subtitles.ts";
export { toTextGrid } from "./recognition/text-grid.ts";
export { toSrt, toVtt, type Cue } from "./transcription/subtitles.ts";
export { UndertoneError, type ErrorCode } from "./shared/errors.ts";
