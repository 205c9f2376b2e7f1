/** A thread that computes the features of clips which it is sent, and keeps them in the cache. */
import { parentPort, workerData } from "node:worker_threads";
import { nodeRuntime } from "../graph/runtime.node.ts";
import { openedAtUse } from "../models/speech-encoder.ts";
import { openEncoder } from "../recognition/open-encoder.node.ts";
import { FeatureExtractor, type ClipFeatures } from "./clip-features.ts";
import { FeatureCache } from "./feature-cache.ts";
import type { FeatureAnswer, FeatureCall, FeatureTask } from "./feature-threads.ts";

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
port.on("message", ({ call, clip }: FeatureCall) => {
  const answer = (features?: ClipFeatures): void => {
    const told: FeatureAnswer = { call, features };
    port.postMessage(told, features ? buffersOf(features) : []);
  };
  // Who asks computes what is missing, and is told of its errors; also where an answer cannot be sent.
  void extractor
    .then((opened) => opened.extract(clip))
    .then(answer)
    .catch(() => answer());
});

/** Each once, to be moved. */
function buffersOf({ views }: ClipFeatures): ArrayBuffer[] {
  const buffers = views.flatMap((view) => Object.values(view).map(({ buffer }) => buffer));
  return [...new Set(buffers)].filter((buffer) => buffer instanceof ArrayBuffer);
}
