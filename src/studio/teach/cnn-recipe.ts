/** What a CNN that is taught in the page sees and is; the same as `recipes/audio-cnn.json`, without augmented views. */
import type { FrontEnd } from "../../models/front-end.ts";
import type { WindowPlace } from "../../models/cut-window.ts";
import type { NetworkFit } from "../../training/fit-network.ts";

export const cnnFeatures: FrontEnd & { readonly window: WindowPlace } = {
  sampleRate: 16_000,
  nFft: 512,
  winLength: 512,
  hopLength: 256,
  nMels: 64,
  fMin: 50,
  fMax: 8000,
  scale: "slaney",
  frames: 160,
  rangeDb: 70,
  window: "speech",
};

export const cnnModel = {
  kind: "audio-cnn",
  channels: [24, 48, 64, 96],
  pools: [
    [2, 2],
    [2, 2],
    [2, 2],
    [2, 1],
  ],
  head: "statistics",
  hidden: 192,
  dropout: 0.4,
};

export const cnnTraining: Omit<NetworkFit["options"], "epochs"> = {
  batchSize: 16,
  learningRate: 0.0015,
  optimizer: { kind: "adamw", beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weightDecay: 0.02 },
  schedule: { kind: "cosine", warmUpShare: 0.05, finalShare: 0.01 },
  labelSmoothing: 0.1,
  classWeights: 1,
  emaDecay: 0.99,
  extraData: { weight: 1, perClip: 1 },
  specAugment: { frequencyMasks: 2, maxFrequencyWidth: 8, timeMasks: 2, maxTimeWidth: 20 },
};
