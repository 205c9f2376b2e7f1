import { nodeRuntime } from "../graph/runtime.node.ts";
import type { RunOptions } from "./training-request.ts";

/** Returns the options of a run in Node: pretrained models come from the model store, downloaded where they are missing. */
export function nodeRunOptions(
  options: Pick<RunOptions, "onProgress" | "logger" | "threads" | "signal">,
): RunOptions {
  const { onProgress, threads, signal } = options;
  return {
    ...options,
    runtime: nodeRuntime,
    openTranscriber: async (provider) => {
      const { openTranscriber } = await import("./open-transcriber.ts");
      return openTranscriber(provider, options);
    },
    openSentenceEncoder: async (name) => {
      const { openSentenceEncoder } = await import("./open-sentence-encoder.ts");
      return openSentenceEncoder(name, { threads, onProgress, signal });
    },
    encoderFile: async (name) => {
      const { encoderFile } = await import("../recognition/open-encoder.node.ts");
      return encoderFile(name, { onProgress, signal });
    },
    openEncoder: async (selection) => {
      const { openEncoder } = await import("../recognition/open-encoder.node.ts");
      return openEncoder(selection, { threads, onProgress, signal });
    },
  };
}
