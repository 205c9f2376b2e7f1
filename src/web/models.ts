import { readSpeakerCard } from "../diarization/speaker-card.ts";
import { SpeakerEncoder } from "../diarization/speaker-encoder.ts";
import type { Runtime } from "../graph/session.ts";
import type { EncoderLayers, EncoderName } from "../models/encoder-layers.ts";
import { SpeechEncoder, type OpenEncoder } from "../models/speech-encoder.ts";
import { openTogether } from "../shared/closing.ts";
import { publishedFiles, type PinnedFile } from "../shared/published-files.ts";
import { shippedTextModel, speakerModel, voiceModels } from "../shared/shipped-models.ts";
import { openMoonshine, type Moonshine, type moonshineSizes } from "../transcription/moonshine.ts";
import { Silero } from "../transcription/silero.ts";
import { fetchFile, fetchPinned, type FetchOptions } from "./fetch-file.ts";

export interface ModelOptions extends FetchOptions {
  /**
   * Folder that serves models: the package's own as `NAME.onnx`, downloaded ones in a folder each, as
   * `undertone models pull` keeps them. Default: `models/` beside the page.
   */
  readonly modelsUrl?: string | URL | undefined;
}

const ownModels: readonly unknown[] = [...voiceModels, shippedTextModel, speakerModel];

const urlOf = (path: string, { modelsUrl = "models/" }: ModelOptions): string =>
  new URL(path, new URL(modelsUrl, location.href)).href;

/** Fetches a model of the package by its name, or any other by its address. */
export function fetchModel(model: string | URL, options: ModelOptions): Promise<Uint8Array> {
  const isOwn = ownModels.includes(model);
  return fetchFile(isOwn ? urlOf(`${String(model)}.onnx`, options) : String(model), options);
}

function fetchPublished(
  name: keyof typeof publishedFiles,
  role: string,
  options: ModelOptions,
): Promise<Uint8Array> {
  const files: Readonly<Record<string, PinnedFile>> = publishedFiles[name];
  const file = files[role]!;
  return fetchPinned(urlOf(`${name}/${file.path}`, options), file, options);
}

/** Fetches the file of an encoder that an audio model is a head over. */
export function fetchEncoder(name: EncoderName, options: ModelOptions): Promise<Uint8Array> {
  return fetchPublished(name, "encoder", options);
}

/** Returns what opens the encoders that an audio model is a head over. */
export function encoderOpener(runtime: Runtime, options: ModelOptions): OpenEncoder {
  return async (config) =>
    SpeechEncoder.open(runtime, await fetchEncoder(config.name, options), config);
}

/** Opens what tells speakers apart, with the encoder that it needs. */
export async function openSpeakerEncoder(
  runtime: Runtime,
  options: ModelOptions,
): Promise<SpeakerEncoder> {
  const model = await fetchModel(speakerModel, options);
  const encoder = await fetchPublished(readSpeakerCard(model).encoder.name, "encoder", options);
  return SpeakerEncoder.open(runtime, { model, encoder });
}

/** Speech-to-text in the browser. */
export type WebTranscriber = `moonshine-${keyof typeof moonshineSizes}`;

/** Opens a transcriber and the voice activity model that cuts a recording into utterances. */
export async function openTranscriber(
  runtime: Runtime,
  name: WebTranscriber,
  { layers: wanted, ...options }: ModelOptions & { readonly layers?: EncoderLayers | undefined },
): Promise<{ readonly transcriber: Moonshine; readonly voiceActivity: Silero }> {
  const [encoder, decoder, activity] = await Promise.all([
    fetchPublished(name, "encoder", options),
    fetchPublished(name, "decoder", options),
    fetchPublished("silero-vad", "model", options),
  ]);
  const layers = wanted?.name === name ? wanted.layers : undefined;
  const size = name === "moonshine-base" ? "base" : "tiny";
  return openTogether(async (keep) => ({
    voiceActivity: keep(await Silero.open(runtime, activity)),
    transcriber: await openMoonshine(runtime, size, { encoder, decoder, layers }),
  }));
}
