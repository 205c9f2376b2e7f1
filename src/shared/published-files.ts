/** One file of a published model, as it must be. */
export interface PinnedFile {
  /** Below the model's folder, with `/`. */
  readonly path: string;
  readonly size: number;
  readonly sha256: string;
}

const file = (path: string, size: number, sha256: string): PinnedFile => ({ path, size, sha256 });

/** The same for all sizes of Whisper that know many languages. */
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

/** Files of the published models, by the role that a model's users ask for. The folder of a model has its name. */
export const publishedFiles = {
  "moonshine-tiny": {
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
  "moonshine-base": {
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
  "moonshine-tiny-float": {
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
  "silero-vad": {
    model: file(
      "silero_vad_v5.onnx",
      2_327_524,
      "2623a2953f6ff3d2c1e61740c6cdb7168133479b267dfef114a4a3cc5bdd788f",
    ),
  },
  minilm: {
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
  "whisper-tiny": {
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
  "whisper-base": {
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
  "whisper-small": {
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
} as const satisfies Readonly<Record<string, Readonly<Record<string, PinnedFile>>>>;
