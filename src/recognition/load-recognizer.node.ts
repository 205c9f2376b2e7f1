import type { LabelOf } from "../shared/shipped-models.ts";
import { checkOptions, type OptionKinds } from "./check-arguments.ts";
import type { FileLocation } from "./model-sources.node.ts";
import { createRecognizer, type Recognizer } from "./recognizer.ts";
import { ThreadEngine } from "./thread-engine.node.ts";
import type { EngineOptions, LocalOptions } from "./open-engine.node.ts";

export interface RecognizerOptions<
  Model extends FileLocation = FileLocation,
> extends EngineOptions {
  /**
   * The audio model: an `.onnx` file, or `default`, `open` or `small`, which come with the package. Without it `default`,
   * whose encoder the first use downloads, or `small` where that cannot be had.
   */
  readonly model?: Model | undefined;
  /** Whether to work in a thread of its own, so that the caller's is never held up; `true` by default. */
  readonly thread?: boolean | undefined;
}

const fileKinds = ["string", URL, Uint8Array] as const;
const optionKinds: OptionKinds<RecognizerOptions> = {
  model: fileKinds,
  textModel: fileKinds,
  transcriber: ["string", "boolean", null],
  language: ["string"],
  keepTranscripts: ["boolean"],
  thread: ["boolean"],
  threads: ["number"],
  runtime: ["string"],
  modelFiles: ["object"],
  cacheFolder: ["string"],
  offline: ["boolean"],
  onProgress: ["function"],
  signal: [AbortSignal],
};

/**
 * Loads models once, to recognize emotions in many recordings.
 * @throws TypeError for an option that does not exist or has another type
 * @throws UndertoneError `file-not-found`, `file-unreadable`, `model-invalid`, `cancelled`, and what getting the transcriber
 * that was named throws
 * @example
 * ```ts
 * import { loadRecognizer } from "undertone";
 *
 * await using recognizer = await loadRecognizer({ model: "small" });
 * const { segments, warnings } = await recognizer.analyze("speech.wav");
 * ```
 */
export async function loadRecognizer<const Model extends FileLocation = "default">(
  options: RecognizerOptions<Model> = {},
): Promise<Recognizer<LabelOf<Model>>> {
  checkOptions<RecognizerOptions>("loadRecognizer", options, optionKinds);
  const { thread = true, ...rest } = options;
  if (!thread) return typed<Model>(await openRecognizer(rest));
  return typed<Model>(createRecognizer(await ThreadEngine.start(options)));
}

/** Loads a recognizer into this thread. @throws UndertoneError as `loadRecognizer` */
export async function openRecognizer({
  model,
  ...options
}: LocalOptions & Pick<RecognizerOptions, "model">): Promise<Recognizer> {
  // They load the native library, and more that a caller of the thread does without.
  const { openEngine } = await import("./open-engine.node.ts");
  const { findVoiceModel } = await import("./voice-model.node.ts");
  return createRecognizer(await openEngine(await findVoiceModel(model, options), options));
}

/** What a model's card says of its labels is checked when it is loaded; what a type says of them, in a test. */
function typed<Model>(recognizer: Recognizer): Recognizer<LabelOf<Model>>;
function typed(recognizer: Recognizer): Recognizer {
  return recognizer;
}
