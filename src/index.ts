/** Undertone as a library: load a recogniser once, analyse files and samples with it. */
export type { Analysis, Segment } from "./recognition/analysis.ts";
export type { AnalyzeSamplesOptions } from "./recognition/analyze-samples.ts";
export {
  loadRecognizer,
  type AnalyzeFileOptions,
  type Recognizer,
  type RecognizerOptions,
} from "./recognition/load-recognizer.node.ts";
export { UndertoneError, type ErrorCode } from "./shared/errors.ts";
