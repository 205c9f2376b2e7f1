import { stat } from "node:fs/promises";
import { availableParallelism } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { nodeRuntime, type RuntimeName } from "../graph/runtime.node.ts";
import type { Runtime } from "../graph/session.ts";
import { cacheFolder } from "../shared/cache-folder.node.ts";
import type { Closable } from "../shared/closing.ts";
import { UndertoneError } from "../shared/errors.ts";
import { readGiven } from "../shared/files.node.ts";
import { publishedFiles } from "../shared/published-files.ts";
import { openGoogle } from "./google.ts";
import { moonshineSizes, openMoonshine } from "./moonshine.ts";
import { openService } from "./service.ts";
import { Silero } from "./silero.ts";
import { defaultTranscriber, type Transcriber } from "./transcript.ts";
import { TranscriptionThread } from "./transcription-thread.node.ts";
import { loadTransformers } from "./transformers.node.ts";
import type { VoiceActivity } from "./utterances.ts";
import { openWhisper, type Transformers } from "./whisper.ts";

/** Published models that a transcriber may need. */
export type TranscriptionModel =
  | "moonshine-tiny"
  | "moonshine-base"
  | "whisper-tiny"
  | "whisper-base"
  | "whisper-small"
  | "silero-vad";

/** A model's files by their role, as paths or bytes, and the path of the `folder` that holds them. */
export type TranscriptionModelFiles = Readonly<Record<string, string | Uint8Array>>;

/** What a transcriber may need of the program around it. */
export interface TranscriberSetting {
  /** Provides a model's files; downloads what is missing. */
  readonly modelFiles: (model: TranscriptionModel) => Promise<TranscriptionModelFiles>;
  /** `process.env`, say. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly offline?: boolean | undefined;
  /** Threads for one operator of a model that runs here; by default one a core. */
  readonly threads?: number | undefined;
  /** Layers to give with transcripts, by the transcriber that has an encoder of this name. */
  readonly layers?: { readonly name: string; readonly layers: readonly number[] } | undefined;
  /** What `startDecoder` started, which is closed with the transcriber; by default all works in this thread. */
  readonly decoder?: StartedDecoder | undefined;
  /** `nodeRuntime` by default. */
  readonly runtime?: Runtime | undefined;
}

interface TranscriberEntry {
  readonly purpose: string;
  /** `model` is what follows the colon of the name, where the transcriber takes that. */
  readonly open: (setting: TranscriberSetting, model: string) => Promise<Transcriber>;
}

interface DecoderSetting extends Pick<TranscriberSetting, "modelFiles" | "threads"> {
  readonly runtime?: RuntimeName | undefined;
}

/** A thread in which a decoder, and what finds speech, are opened; and the files of the decoder's model. */
export interface StartedDecoder {
  readonly thread: TranscriptionThread;
  readonly files: Promise<TranscriptionModelFiles>;
  readonly opened: Promise<TranscriptionThread>;
  readonly activity: Promise<VoiceActivity & Closable>;
}

/**
 * Starts the thread in which the transcriber of this name finds speech and words, and opens its decoder there, which takes
 * longest of all; resolves once the model's files are there, or cannot be had. There is none for transcribers without a
 * decoder of their own, and with one thread, as beside other workers: it would be at their cost.
 */
export async function startDecoder(
  name: string,
  { modelFiles, threads, runtime }: DecoderSetting,
): Promise<StartedDecoder | undefined> {
  if ((threads ?? availableParallelism()) === 1) return undefined;
  for (const size of ["tiny", "base"] as const) {
    const model = `moonshine-${size}` as const;
    if (name !== model) continue;
    const thread = TranscriptionThread.start(runtime);
    const activity = modelFiles("silero-vad").then((given) => thread.openActivity(given["model"]!));
    const files = modelFiles(model);
    const { sha256 } = publishedFiles[model].decoder;
    const opened = files.then(({ decoder }) =>
      thread.openDecoder({ file: decoder!, sha256, size: moonshineSizes[size] }),
    );
    for (const opening of [activity, opened]) opening.catch(() => undefined); // It is thrown where they are waited for.
    await Promise.allSettled([files]);
    return { thread, files, opened, activity };
  }
  return undefined;
}

const moonshine =
  (size: keyof typeof moonshineSizes) =>
  async ({
    modelFiles,
    threads,
    layers: wanted,
    decoder,
    runtime = nodeRuntime,
  }: TranscriberSetting): Promise<Transcriber> => {
    const name = `moonshine-${size}` as const;
    const layers = wanted?.name === name ? wanted.layers : undefined;
    const files = await (decoder?.files ?? modelFiles(name));
    return openMoonshine(runtime, size, {
      encoder: await readGiven(files["encoder"]!),
      decoder: decoder?.opened ?? (await readGiven(files["decoder"]!)),
      layers,
      threads: decoder ? Math.max(1, (threads ?? availableParallelism()) - 1) : threads,
    });
  };

const whisper =
  (size: "tiny" | "base" | "small") =>
  async ({ env, modelFiles }: TranscriberSetting): Promise<Transcriber> => {
    const transformers = loadTransformers(env);
    const { folder } = await modelFiles(`whisper-${size}`);
    if (typeof folder !== "string") {
      const message = `whisper-${size} loads from a folder: give its path as modelFiles["whisper-${size}"].folder.`;
      throw new UndertoneError("usage", message);
    }
    return openWhisperFolder(transformers, folder, `whisper-${size}`);
  };

async function openAnyWhisper(setting: TranscriberSetting, model: string): Promise<Transcriber> {
  if (model === "") {
    const example = "whisper:onnx-community/whisper-large-v3-turbo, or whisper:./my-model";
    throw new UndertoneError("usage", `No Whisper model given. Name its id or folder: ${example}.`);
  }
  const { env, offline = false } = setting;
  const transformers = loadTransformers(env);
  const isFolder = await stat(model).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  const name = `whisper:${isFolder ? resolve(model) : model}`;
  if (isFolder) return openWhisperFolder(transformers, resolve(model), name);
  transformers.env.cacheDir = join(cacheFolder(env), "transformers");
  transformers.env.allowRemoteModels = !offline;
  return openWhisper(transformers, model, name);
}

function openWhisperFolder(
  transformers: Transformers,
  folder: string,
  name: string,
): Promise<Transcriber> {
  transformers.env.allowRemoteModels = false;
  transformers.env.localModelPath = dirname(folder);
  return openWhisper(transformers, basename(folder), name);
}

async function openAnyService(setting: TranscriberSetting, model: string): Promise<Transcriber> {
  const { env } = setting;
  const baseUrl = env["OPENAI_BASE_URL"] || "https://api.openai.com/v1";
  assertReachable(baseUrl, setting);
  const apiKey = env["OPENAI_API_KEY"] || undefined;
  if (apiKey === undefined && env["OPENAI_BASE_URL"] === undefined) {
    const message =
      "The service needs OPENAI_API_KEY, or in OPENAI_BASE_URL the address of one that needs no key.";
    throw new UndertoneError("credentials-missing", message);
  }
  return openService({ baseUrl, apiKey, model: model || "whisper-1" });
}

async function openAnyGoogle(setting: TranscriberSetting, model: string): Promise<Transcriber> {
  const { env } = setting;
  const baseUrl = env["GOOGLE_SPEECH_BASE_URL"] || "https://speech.googleapis.com/v1";
  assertReachable(baseUrl, setting);
  const apiKey = env["GOOGLE_API_KEY"];
  if (apiKey === undefined || apiKey === "") {
    const message =
      "Google's Speech-to-Text needs in GOOGLE_API_KEY a key of a project with that API.";
    throw new UndertoneError("credentials-missing", message);
  }
  return openGoogle({ baseUrl, apiKey, model: model || "latest_long" });
}

const withModel = ["whisper:MODEL", "service:MODEL", "google:MODEL"];

/** Addresses of this machine itself. */
const ownHost = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/;

/** @throws UndertoneError `usage` where nothing may be sent to a service: offline, unless it runs on this machine */
function assertReachable(baseUrl: string, { offline = false }: TranscriberSetting): void {
  if (!offline || !URL.canParse(baseUrl) || ownHost.test(new URL(baseUrl).hostname)) return;
  const message = `The transcriber sends speech to ${new URL(baseUrl).host}. Leave out --offline, or take a transcriber that runs here, such as ${defaultTranscriber}.`;
  throw new UndertoneError("usage", message);
}

/** All transcribers by name. */
export const transcribers: Readonly<Record<string, TranscriberEntry>> = {
  "moonshine-base": { purpose: "English, accurate", open: moonshine("base") },
  "moonshine-tiny": { purpose: "English, fastest", open: moonshine("tiny") },
  "whisper-tiny": { purpose: "99 languages", open: whisper("tiny") },
  "whisper-base": { purpose: "99 languages", open: whisper("base") },
  "whisper-small": { purpose: "99 languages", open: whisper("small") },
  whisper: { purpose: "whisper:MODEL, an id on the hub or a folder", open: openAnyWhisper },
  service: {
    purpose: "service:MODEL, any server with OpenAI's audio/transcriptions",
    open: openAnyService,
  },
  google: {
    purpose: "google:MODEL, Google's Speech-to-Text",
    open: openAnyGoogle,
  },
};

/**
 * Loads a transcriber by its name, `name` or `name:model`.
 * @throws UndertoneError `usage` for an unknown name, an empty model and a service while offline, and what loading the model throws
 */
export async function loadTranscriber(
  name: string,
  setting: TranscriberSetting,
): Promise<Transcriber> {
  const colon = `${name}:`.indexOf(":");
  const key = name.slice(0, colon);
  const entry = Object.hasOwn(transcribers, key) ? transcribers[key] : undefined;
  if (entry !== undefined && name === `${key}:`) {
    const message = `"${name}" names no model after its colon. Transcribers with one: ${withModel.join(", ")}.`;
    throw new UndertoneError("usage", message);
  }
  if (entry !== undefined) return entry.open(setting, name.slice(colon + 1));
  const known = Object.keys(transcribers).join(", ");
  throw new UndertoneError("usage", `Unknown transcriber "${name}". Known: ${known}.`);
}

/** Opens what finds speech, if not in the decoder's thread. @throws UndertoneError what getting the model's file throws */
export async function openVoiceActivity({
  modelFiles,
  decoder,
  runtime = nodeRuntime,
}: TranscriberSetting): Promise<VoiceActivity & Closable> {
  if (decoder) return decoder.activity;
  const { model } = await modelFiles("silero-vad");
  return Silero.open(runtime, await readGiven(model!));
}
