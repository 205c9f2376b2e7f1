/** A thread that keeps the features of clips which it is sent, in the cache. */
import { parentPort, workerData } from "node:worker_threads";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { openedAtUse } from "../models/speech-encoder.ts";
import { openEncoder } from "../recognition/open-encoder.node.ts";
import { FeatureExtractor } from "./clip-features.ts";
import { FeatureCache } from "./feature-cache.ts";
import type { FeatureTask, KeepCall } from "./feature-threads.ts";

const port = parentPort!;
const { plan, cacheFolder, noise }: FeatureTask = workerData;

async function open(): Promise<FeatureExtractor> {
  return FeatureExtractor.open(plan, {
    cache: await FeatureCache.open(cacheFolder),
    runtime: nodeRuntime,
    openEncoder: async (selection) => openedAtUse(() => openEncoder(selection, { threads: 1 })),
    noise,
  });
}

const extractor = open();
port.on("message", ({ call, clip }: KeepCall) => {
  const answer = (): void => port.postMessage(call);
  // Who asks computes what is missing, and is told of its errors.
  void extractor.then((opened) => opened.extract(clip)).then(answer, answer);
});
