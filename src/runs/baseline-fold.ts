import { createHash } from "node:crypto";
import { setImmediate } from "node:timers/promises";
import { linearProbe } from "../models/linear-probe.ts";
import { exportBundle } from "../models/bundle.ts";
import type { ModelCard } from "../models/model-card.ts";
import type { Weights } from "../models/network.ts";
import { writeFileAtomically } from "../shared/files.node.ts";
import { throwIfCancelled } from "../shared/errors.ts";
import type { Adapters } from "./adapters.ts";
import type { OnFitIteration } from "./baselines/baseline.ts";
import { trainEncoderBaseline, type HeardSides } from "./baselines/encoder-baseline.ts";
import { trainTextBaseline, type TextSides, type TrainingText } from "./baselines/text-baseline.ts";
import { classWeights } from "./batches.ts";
import { companionDraws, labelCounts } from "./companion-draws.ts";
import type { FoldData } from "./fold-data.ts";
import { evaluateFold } from "./fold-outcome.ts";
import type { Material } from "./material.ts";
import { heardLayers, type BaselineRecipe } from "./recipe.ts";
import { foldFolder, modelFile, writeFoldState, writeSplit, type FoldSplit } from "./run-folder.ts";
import type { Calibration } from "./run-calibration.ts";
import { resultMessage } from "./training-messages.ts";
import type { RunOptions } from "./training-request.ts";

interface BaselineJob {
  readonly runFolder: string;
  readonly recipe: BaselineRecipe;
  readonly labels: readonly string[];
  readonly split: FoldSplit;
  readonly data: FoldData;
  /** By the utterance's id. */
  readonly materials: ReadonlyMap<string, Material>;
  readonly companions: readonly Material[];
  readonly adapters: Adapters;
  /** In place of one by the fold's validation clips. */
  readonly calibration: Calibration | undefined;
  readonly provenance: ModelCard["provenance"];
}

/**
 * Trains one fold of a baseline and writes what it says, its temperature, of one that usesAudio its model file and, last of all,
 * `fold.json`.
 * @throws UndertoneError `dataset-invalid`, `disk-full`, `cancelled`
 */
export async function trainBaselineFold(
  job: BaselineJob,
  { logger, onProgress, signal }: Pick<RunOptions, "logger" | "onProgress" | "signal">,
): Promise<void> {
  const { recipe, labels, split } = job;
  const folder = foldFolder(job.runFolder, split.fold);
  const started = performance.now();
  await writeSplit(folder, split);
  const onIteration: OnFitIteration = async ({ done, total, iteration }) => {
    await setImmediate(); // an interrupt is heard between iterations only
    throwIfCancelled(signal);
    const facts = { fold: String(split.fold), iteration: String(iteration) };
    onProgress({ label: "regression", done, total, unit: "fits", facts });
  };
  const options = { ...recipe.model, labels, onIteration };
  const baseline =
    options.kind === "linear-probe"
      ? await trainEncoderBaseline(heardSides(job), options)
      : await trainTextBaseline(textSides(job), options);
  const said = new Map(
    [...baseline.validation, ...baseline.test].map((prediction) => [prediction.id, prediction]),
  );
  const outcome = await evaluateFold(folder, job, async (examples) =>
    examples.map(({ utterance }) => said.get(utterance.id)!),
  );
  if (baseline.weights) {
    await writeFileAtomically(
      modelFile(folder),
      modelOf(job, baseline.weights, job.calibration ?? outcome),
    );
  }
  const state = {
    finished: true,
    epochs: 0,
    seconds: (performance.now() - started) / 1000,
    parameters: baseline.parameters,
    weightsSha256: createHash("sha256")
      .update(JSON.stringify([...said]))
      .digest("hex"),
  } as const;
  await writeFoldState(folder, state);
  logger.info(resultMessage(split.fold, state, outcome.scores));
}

/** The file of a baseline that usesAudio. */
function modelOf(
  { recipe, labels, adapters, provenance }: BaselineJob,
  weights: Weights,
  { temperature, neutral }: Calibration,
): Uint8Array {
  const { encoders, longestSec } = heardLayers(recipe);
  return exportBundle({
    architecture: linearProbe({ encoders, longestSec, classes: labels.length }),
    frontEnd: recipe.features,
    heard: {
      encoders: encoders.map(({ name, layers }) => {
        const adapter = adapters[name]?.adapter;
        return { name, layers, ...(adapter && { adapter }) };
      }),
      longestSec,
    },
    weights,
    card: { name: recipe.name, labels, temperature, ...(neutral && { neutral }), provenance },
  });
}

/** What an example of each label weighs in a network's epoch on average: [classes] of the corpus, and of companions. */
function weightsByLabel({ recipe, labels, data }: BaselineJob): {
  readonly own: readonly number[];
  readonly companions: readonly number[];
} {
  const { weight, perClip } = recipe.training.companions;
  const counts = labelCounts(data.examples.train, labels.length);
  const draws = companionDraws(data.examples.companions, counts, perClip);
  const available = labelCounts(data.examples.companions, labels.length);
  const shown = counts.map((count, label) => count + weight * draws.counts[label]!);
  const own = classWeights(counts, 0, shown);
  return {
    own,
    companions: own.map(
      (share, label) => (share * weight * draws.counts[label]!) / Math.max(1, available[label]!),
    ),
  };
}

const textOf = ({ utterance, transcript }: Material): TrainingText => ({
  ...utterance,
  transcript: transcript!.text,
});

/** The utterances with the words that a model is given. */
function textSides(job: BaselineJob): TextSides {
  const { split, materials, labels, companions } = job;
  const weights = weightsByLabel(job);
  const side = (ids: readonly string[]): TrainingText[] =>
    ids.map((id) => textOf(materials.get(id)!));
  const weighed = (texts: readonly TrainingText[], shares: readonly number[]): TrainingText[] =>
    texts.map((text) => ({ ...text, weight: shares[labels.indexOf(text.emotion)]! }));
  return {
    train: [
      ...weighed(side(split.train), weights.own),
      ...weighed(companions.map(textOf), weights.companions),
    ],
    validation: side(split.validation),
    test: side(split.test),
  };
}

/** The examples of each side, those of companions among the training side's. */
function heardSides(job: BaselineJob): HeardSides {
  const { train, companions, validation, test } = job.data.examples;
  const weights = weightsByLabel(job);
  return {
    train: [...train, ...companions],
    weights: [
      ...train.map(({ label }) => weights.own[label]!),
      ...companions.map(({ label }) => weights.companions[label]!),
    ],
    validation,
    test,
  };
}
