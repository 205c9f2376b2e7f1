import { createHash } from "node:crypto";
import type { Emotion } from "../shared/emotions.ts";
import type { Logger } from "../shared/logger.ts";
import { trainTextBaseline, type TrainingText } from "./baselines/text-baseline.ts";
import { classWeights } from "./batches.ts";
import { companionDraws, labelCounts } from "./companion-draws.ts";
import type { FoldData } from "./fold-data.ts";
import { writeOutcome } from "./fold-outcome.ts";
import type { Material } from "./material.ts";
import type { BaselineRecipe } from "./recipe.ts";
import { foldFolder, writeFoldState, writeSplit, type FoldSplit } from "./run-folder.ts";
import { resultMessage } from "./training-messages.ts";

interface BaselineJob {
  readonly runFolder: string;
  readonly recipe: BaselineRecipe;
  readonly labels: readonly Emotion[];
  readonly split: FoldSplit;
  readonly data: FoldData;
  /** By the utterance's id. */
  readonly materials: ReadonlyMap<string, Material>;
  readonly companions: readonly Material[];
}

/**
 * Trains one fold of a baseline and writes what it says, its temperature and, last of all, `fold.json`.
 * @throws UndertoneError `dataset-invalid`, `disk-full`
 */
export async function trainBaselineFold(job: BaselineJob, logger: Logger): Promise<void> {
  const { recipe, labels, split, materials } = job;
  const folder = foldFolder(job.runFolder, split.fold);
  const started = performance.now();
  await writeSplit(folder, split);
  const side = (ids: readonly string[]): TrainingText[] =>
    ids.map((id) => textOf(materials.get(id)!));
  const sides = {
    train: weighed(job, side(split.train)),
    validation: side(split.validation),
    test: side(split.test),
  };
  const baseline = trainTextBaseline(sides, { ...recipe.model, labels });
  const said = new Map(
    [...baseline.validation, ...baseline.test].map((prediction) => [prediction.id, prediction]),
  );
  const { scores } = await writeOutcome(folder, job, async (examples) =>
    examples.map(({ utterance }) => said.get(utterance.id)!),
  );
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
  logger.info(resultMessage(split.fold, state, scores));
}

const textOf = ({ utterance, transcript }: Material): TrainingText => ({
  ...utterance,
  transcript: transcript!.text,
});

/** Texts of the training side and all companions, each weighing what it does in a network's epoch on average. */
function weighed(
  { recipe, labels, data, companions }: BaselineJob,
  train: readonly TrainingText[],
): TrainingText[] {
  const { weight, perClip } = recipe.training.companions;
  const counts = labelCounts(data.examples.train, labels.length);
  const draws = companionDraws(data.examples.companions, counts, perClip);
  const available = labelCounts(data.examples.companions, labels.length);
  const shown = counts.map((count, label) => count + weight * draws.counts[label]!);
  const weights = classWeights(counts, 0, shown);
  const own = train.map((text) => ({ ...text, weight: weights[labels.indexOf(text.emotion)]! }));
  const others = companions.map((companion) => {
    const label = labels.indexOf(companion.utterance.emotion);
    const share = draws.counts[label]! / available[label]!;
    return { ...textOf(companion), weight: weights[label]! * weight * share };
  });
  return [...own, ...others];
}
