/** Undertone in the browser, `undertone/web`: ONNX Runtime in WebAssembly, models by URL, no recording leaves the page. */
export type { Analysis, Prediction, Segment, TextPrediction } from "../recognition/analysis.ts";
export type { ErrorCode } from "../shared/errors.ts";
export { UndertoneError } from "../shared/errors.ts";
export { loadRecognizer, type RecognizerOptions } from "./load-recognizer.ts";
export type { AnalyzeOptions, Recognizer } from "../recognition/recognizer.ts";
export { webRuntime, type WebRuntimeOptions } from "./runtime.ts";
