import { loadModel, loadTextModel } from "../models/load-model.ts";
import { LocalEngine } from "../recognition/local-engine.ts";
import { checkOptions, type OptionKinds } from "../recognition/check-arguments.ts";
import { createRecognizer, type Recognizer } from "../recognition/recognizer.ts";
import { openTogether } from "../shared/closing.ts";
import { shippedTextModel } from "../shared/shipped-models.ts";
import {
  encoderOpener,
  fetchModel,
  openSpeakerEncoder,
  openTranscriber,
  type ModelOptions,
  type WebTranscriber,
} from "./models.ts";
import { fetchFile } from "./fetch-file.ts";
import { webRuntime, type WebRuntimeOptions } from "./runtime.ts";
import { bytesSource } from "../audio/source.ts";

export interface RecognizerOptions extends ModelOptions, WebRuntimeOptions {
  /** Audio model: `default`, `open` or `small` from `modelsUrl`, or the address of an `.onnx` file. Default: `default`. */
  readonly model?: string | URL | undefined;
  /** Text model, used with a transcriber: the address of an `.onnx` file. Default: `words` from `modelsUrl`. */
  readonly textModel?: string | URL | undefined;
  /** Speech-to-text; without it the voice alone is analyzed. */
  readonly transcriber?: WebTranscriber | null | undefined;
}

const optionKinds: OptionKinds<RecognizerOptions> = {
  model: ["string", URL],
  textModel: ["string", URL],
  transcriber: ["string", null],
  modelsUrl: ["string", URL],
  wasmPaths: ["string"],
  threads: ["number"],
  device: ["string"],
  onProgress: ["function"],
  signal: [AbortSignal],
};

/**
 * Loads models into the page, to analyze many recordings with them; no recording leaves it.
 * @throws TypeError for an option that does not exist or has another type
 * @throws UndertoneError `network-failed`, `checksum-mismatch`, `model-invalid`, `cancelled`
 * @example
 * const recognizer = await loadRecognizer({ model: "small" });
 * const { segments } = await recognizer.analyze(file);
 */
export async function loadRecognizer(options: RecognizerOptions = {}): Promise<Recognizer> {
  checkOptions("loadRecognizer", options, optionKinds);
  const { model = "default", textModel = shippedTextModel, transcriber } = options;
  const runtime = webRuntime(options);
  return openTogether(async (keep) => {
    const openEncoder = encoderOpener(runtime, options);
    const voice = keep(await loadModel(await fetchModel(model, options), runtime, { openEncoder }));
    const transcription = transcriber
      ? await openTranscriber(runtime, transcriber, { ...options, layers: voice.speech?.encoder })
      : undefined;
    if (transcription) {
      keep(transcription.transcriber);
      keep(transcription.voiceActivity);
    }
    const words =
      transcription && (await loadTextModel(await fetchModel(textModel, options), runtime));
    const engine = new LocalEngine({
      models: { voice, words, transcription },
      warnings: [],
      openFile: async (address) => {
        const bytes = await fetchFile(address);
        return { name: address, ...bytesSource(bytes), close: async () => undefined };
      },
      // Opened at the first use, when the signal of the loading is over.
      openSpeakerEncoder: () => openSpeakerEncoder(runtime, { ...options, signal: undefined }),
      close: async () => {
        await Promise.all([
          voice.close(),
          words?.close(),
          transcription?.transcriber.close(),
          transcription?.voiceActivity.close(),
        ]);
      },
    });
    return createRecognizer(engine);
  });
}
