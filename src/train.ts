/** Undertone's training as a library, `undertone/train`: corpora, splits, recipes, runs, and layers for models of one's own. */
import { basename, join } from "node:path";
import type { ModelDefinition } from "./models/definition.ts";
import type { CorpusOptions } from "./datasets/read-corpus.ts";
import { parseChanged, readExperiment, readRecipe } from "./recipes/read-recipe.ts";
import type { Experiment, Recipe } from "./recipes/recipe.ts";
import { combineRuns, type CombineRequest } from "./runs/combine-runs.ts";
import { evaluateDimensionRun, type EvaluatedDimensions } from "./runs/evaluate-dimension-run.ts";
import { evaluateRun, type EvaluatedRun } from "./runs/evaluate-run.ts";
import { nodeRunOptions } from "./runs/node-options.ts";
import { runFacts } from "./runs/run-facts.ts";
import { trainRun } from "./runs/train-run.ts";
import { cacheFolder } from "./shared/cache-folder.node.ts";
import type { Target } from "./shared/dimensions.ts";
import type { Logger, ProgressListener } from "./shared/logger.ts";

export {
  readCorpora,
  readCorpus,
  type Corpus,
  type CorpusOptions,
  type ReadCorpusOptions,
} from "./datasets/read-corpus.ts";
export { add, multiply } from "./graph/operators/arithmetic.ts";
export { relu } from "./graph/operators/activation.ts";
export { concatenate, reshape, transpose } from "./graph/operators/layout.ts";
export { input, type Shape, type Tensor } from "./graph/tensor.ts";
export { convolutionBlock } from "./models/convolution-block.ts";
export { dense, outputLayer } from "./models/layers.ts";
export { Network } from "./models/network.ts";
export { attentiveStatistics, framewiseDense } from "./models/pooling.ts";
export { makeSplits as splits, type Split, type SplitOptions } from "./datasets/splits.ts";
export {
  defineModel,
  spectrogramShape,
  type Architecture,
  type DataShapes,
  type FitData,
  type FittedModel,
  type Modality,
  type ModelDefinition,
} from "./models/definition.ts";
export type { Example, Inputs } from "./models/example.ts";
export type { CombinationMethod } from "./models/combination.ts";
export { evaluateRun as evaluate, type EvaluatedRun } from "./runs/evaluate-run.ts";
export {
  evaluateDimensionRun as evaluateDimensions,
  type EvaluatedDimensions,
} from "./runs/evaluate-dimension-run.ts";
export { readRecipe, type Recipe };

/** What to train, on what, and where to. */
export interface TrainOptions {
  /** Name or path of a recipe, or its content. */
  readonly recipe: string | Readonly<Record<string, unknown>>;
  /** Settings in place of the recipe's, each `key.path=value`. */
  readonly settings?: readonly string[];
  /** Kinds of models of one's own that the recipe may name. */
  readonly models?: readonly ModelDefinition[];
  /** The corpus, or several that are trained on as one: folders, or tables of clips. */
  readonly data: string | readonly string[];
  /** How to read it where it does not tell by itself. */
  readonly corpusOptions?: CorpusOptions;
  /** Auxiliary corpora, whose clips are added to the training split. */
  readonly extraData?: readonly string[];
  /** Folders of noise or music that augmentation adds, in place of white and pink noise. */
  readonly noise?: readonly string[];
  /** Speech without labels, added to the training split as neutral with little weight. */
  readonly ordinarySpeech?: readonly string[];
  /** Folders of sounds in which nobody speaks, which a linear probe learns to tell from speech. */
  readonly notSpeech?: readonly string[];
  /** Run folder. */
  readonly out: string;
  /** Some of the protocol's folds, counted from 1; all by default. */
  readonly folds?: readonly number[];
  /** Continues the run in the folder. */
  readonly resume?: boolean;
  /** A run whose weights training begins with. */
  readonly initFrom?: string;
  /** A run by folds whose test clips calibrate a model of protocol `all`. */
  readonly calibrateFrom?: string;
  readonly threads?: number;
  readonly onProgress?: ProgressListener;
  /** Messages; none by default. */
  readonly logger?: Logger;
  readonly signal?: AbortSignal;
}

const silent: Logger = { info: () => undefined, warn: () => undefined };

/**
 * Trains a recipe on a corpus into a run folder and returns its scores on the test split.
 * @throws RangeError for a recipe with the target `dimensions`
 * @throws UndertoneError `recipe-invalid`, `dataset-invalid`, `run-invalid`, `split-leaks`, `cancelled`, …
 * @example
 * ```ts
 * import { train } from "undertone/train";
 *
 * const run = await train({ recipe: "demo-audio", data: "corpus", out: "run", settings: ["training.epochs=2"] });
 * console.log(run.scores.unweightedAverageRecall.value);
 * ```
 */
export async function train(options: TrainOptions): Promise<EvaluatedRun> {
  await trainTarget("emotion", options);
  return evaluateRun(options.out);
}

/**
 * Trains a recipe with the target `dimensions` into a run folder and returns its scores on the test split.
 * @throws RangeError for a recipe with another target
 * @throws UndertoneError as `train`
 * @example
 * ```ts
 * import { trainDimensions } from "undertone/train";
 *
 * const where = { data: "rated.csv", out: "run-dimensions", settings: ["training.epochs=2"] };
 * const { scores } = await trainDimensions({ recipe: "audio-cnn-dimensions", ...where });
 * console.log(scores.concordance.value);
 * ```
 */
export async function trainDimensions(options: TrainOptions): Promise<EvaluatedDimensions> {
  await trainTarget("dimensions", options);
  return evaluateDimensionRun(options.out);
}

async function trainTarget(target: Target, options: TrainOptions): Promise<void> {
  const { data, extraData = [], out: runFolder, folds, resume = false, threads, signal } = options;
  const { onProgress = () => undefined, logger = silent, initFrom, noise, calibrateFrom } = options;
  const experiment = await experimentOf(options);
  const { target: own } = experiment.recipe;
  if (own !== target) {
    const right = target === "emotion" ? "trainDimensions" : "train";
    throw new RangeError(`train: recipe must have the target ${target}, got ${own}: call ${right}`);
  }
  await trainRun(
    {
      experiment,
      data,
      corpusOptions: options.corpusOptions,
      extraData,
      ordinarySpeech: options.ordinarySpeech,
      notSpeech: options.notSpeech,
      runFolder,
      cacheFolder: join(cacheFolder(process.env), "features"),
      folds,
      resume,
      noise,
      initFrom,
      calibrateFrom,
      facts: runFacts("undertone/train", threads),
    },
    nodeRunOptions({ onProgress, logger, threads, signal }),
  );
}

/** Finished runs to combine (late fusion, ensembles). */
export interface CombineOptions extends Pick<CombineRequest, "runs" | "method" | "calibrateFrom"> {
  /** By default the name of the run folder. */
  readonly name?: string;
  /** Run folder. */
  readonly out: string;
  /** Messages; none by default. */
  readonly logger?: Logger;
}

/**
 * Combines the predictions of finished runs into a run of its own and returns its scores on the test split.
 * @throws UndertoneError `usage` for fewer than two runs, `run-invalid` when they do not belong together
 * @example
 * ```ts
 * import { combine } from "undertone/train";
 *
 * const { scores } = await combine({ runs: ["runs/a", "runs/b"], method: "mean", out: "runs/both" });
 * console.log(scores.unweightedAverageRecall.value);
 * ```
 */
export async function combine(options: CombineOptions): Promise<EvaluatedRun> {
  const { out: runFolder, name = basename(runFolder), logger = silent, ...request } = options;
  const facts = runFacts("undertone/train", undefined);
  await combineRuns({ ...request, name, runFolder, facts }, logger);
  return evaluateRun(runFolder);
}

async function experimentOf({ recipe, settings = [], models }: TrainOptions): Promise<Experiment> {
  if (typeof recipe === "string") return readExperiment(recipe, { settings, models });
  return parseChanged(recipe, "The recipe", { settings, models });
}
