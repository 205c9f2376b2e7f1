import { availableParallelism } from "node:os";
import { nodeRuntime } from "../graph/runtime.node.ts";
import type { EncoderName } from "../models/encoder-layers.ts";
import type { RunOptions } from "./training-request.ts";

/** Returns the options of a run in Node: pretrained models come from the model store, downloaded where they are missing. */
export function nodeRunOptions(
  options: Pick<RunOptions, "onProgress" | "logger" | "threads" | "signal">,
): RunOptions {
  const { onProgress, threads, signal } = options;
  const encoderFile = async (name: EncoderName): Promise<Uint8Array> => {
    const encoders = await import("../recognition/open-encoder.node.ts");
    return encoders.encoderFile(name, { onProgress, signal });
  };
  return {
    ...options,
    runtime: nodeRuntime,
    openTranscriber: async (provider) => {
      const { openTranscriber } = await import("./open-transcriber.ts");
      return openTranscriber(provider, options);
    },
    openSentenceEncoder: async (name) => {
      const { openSentenceEncoder } = await import("../recognition/open-sentence-encoder.node.ts");
      return openSentenceEncoder(name, { threads, onProgress, signal });
    },
    encoderFile,
    startFeatureThreads: async (task) => {
      const count = threads ?? availableParallelism();
      if (count === 1) return undefined;
      // Downloaded once, here, where its progress is told.
      for (const { name } of task.plan.encoders?.encoders ?? []) await encoderFile(name);
      const { FeatureThreads } = await import("./feature-threads.ts");
      return new FeatureThreads(count, task);
    },
    openEncoder: async (selection) => {
      const { openEncoder } = await import("../recognition/open-encoder.node.ts");
      return openEncoder(selection, { threads, onProgress, signal });
    },
  };
}
