/** Undertone's training as a library, `undertone/train`: corpora, splits, networks and their fit. */
export { readCorpus, type Corpus, type ReadCorpusOptions } from "./datasets/read-corpus.ts";
export { makeSplits, type Split, type SplitOptions } from "./datasets/splits.ts";
export {
  architectureOf,
  type Architecture,
  type DataShapes,
  type ModelOptions,
} from "./models/architectures.ts";
export { initialWeights, type Weights } from "./models/network.ts";
export { TrainingStep, type Batch, type StepResult } from "./training/training-step.ts";
export {
  train,
  type EpochResult,
  type TrainingData,
  type TrainingOptions,
} from "./training/train.ts";
export { nodeRuntime, runtimeOf, type RuntimeName } from "./graph/runtime.node.ts";
export { Random } from "./shared/random.ts";
