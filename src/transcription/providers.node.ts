import { readFile, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { cacheFolder } from "../shared/cache-folder.node.ts";
import { UndertoneError } from "../shared/errors.ts";
import { fileError } from "../shared/files.node.ts";
import { openMoonshine, type moonshineSizes } from "./moonshine.ts";
import { openService } from "./service.ts";
import { Silero } from "./silero.ts";
import type { SpeechToText } from "./transcript.ts";
import { loadTransformers } from "./transformers.node.ts";
import { openWhisper, type Transformers } from "./whisper.ts";

/** Models that the room asks its caller for. */
export type SpeechModel =
  | "moonshine-tiny"
  | "moonshine-base"
  | "whisper-tiny"
  | "whisper-base"
  | "whisper-small"
  | "silero-vad";

/** What a provider may need of the program around it. */
export interface ProviderSetting {
  /** Paths of a model's files by their role, and of the `folder` that holds them; downloads what is missing. */
  readonly modelFiles: (model: SpeechModel) => Promise<Readonly<Record<string, string>>>;
  /** `process.env`, say. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly offline?: boolean | undefined;
  /** Threads for one operator of a model that runs here; by default one a core. */
  readonly threads?: number | undefined;
}

interface SpeechProvider {
  readonly purpose: string;
  /** `model` is what follows the colon of the provider's name, where it takes that. */
  readonly open: (setting: ProviderSetting, model: string) => Promise<SpeechToText>;
}

/** The default: see docs/speech.md for what each reaches. */
export const defaultSpeechProvider = "moonshine-base";

const moonshine =
  (size: keyof typeof moonshineSizes) =>
  async ({ modelFiles, threads }: ProviderSetting): Promise<SpeechToText> => {
    const paths = await modelFiles(`moonshine-${size}`);
    const [encoder, decoder] = await Promise.all([
      read(paths["encoder"]!),
      read(paths["decoder"]!),
    ]);
    return openMoonshine(nodeRuntime, size, { encoder, decoder, threads });
  };

const whisper =
  (size: "tiny" | "base" | "small") =>
  async ({ modelFiles }: ProviderSetting): Promise<SpeechToText> => {
    const transformers = loadTransformers();
    const { folder } = await modelFiles(`whisper-${size}`);
    return openWhisperFolder(transformers, folder!, `whisper-${size}`);
  };

async function openAnyWhisper(setting: ProviderSetting, model: string): Promise<SpeechToText> {
  if (model === "") {
    const example = "whisper:onnx-community/whisper-large-v3-turbo, or whisper:./my-model";
    throw new UndertoneError("usage", `Which Whisper model? Say its id or folder: ${example}.`);
  }
  const transformers = loadTransformers();
  const { env, offline = false } = setting;
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
): Promise<SpeechToText> {
  transformers.env.allowRemoteModels = false;
  transformers.env.localModelPath = dirname(folder);
  return openWhisper(transformers, basename(folder), name);
}

async function openAnyService({ env }: ProviderSetting, model: string): Promise<SpeechToText> {
  const baseUrl = env["OPENAI_BASE_URL"] || "https://api.openai.com/v1";
  const apiKey = env["OPENAI_API_KEY"] || undefined;
  if (apiKey === undefined && env["OPENAI_BASE_URL"] === undefined) {
    const message =
      "The service needs OPENAI_API_KEY, or in OPENAI_BASE_URL the address of one that needs no key.";
    throw new UndertoneError("credentials-missing", message);
  }
  return openService({ baseUrl, apiKey, model: model || "whisper-1" });
}

/** Everything that can be given as the provider of a transcript. */
export const speechProviders: Readonly<Record<string, SpeechProvider>> = {
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
};

/**
 * Loads a provider by its name, `provider` or `provider:model`.
 * @throws UndertoneError `usage` for a name that none has, and what loading it throws
 */
export async function openSpeechToText(
  name: string,
  setting: ProviderSetting,
): Promise<SpeechToText> {
  const colon = `${name}:`.indexOf(":");
  const provider = speechProviders[name.slice(0, colon)];
  if (provider !== undefined) return provider.open(setting, name.slice(colon + 1));
  const known = Object.keys(speechProviders).join(", ");
  throw new UndertoneError("usage", `There is no speech-to-text "${name}". There are: ${known}.`);
}

/** @throws UndertoneError what getting the model's file throws */
export async function openVoiceActivity({ modelFiles }: ProviderSetting): Promise<Silero> {
  const { model } = await modelFiles("silero-vad");
  return Silero.open(nodeRuntime, await read(model!));
}

async function read(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw fileError(path, error);
  }
}
