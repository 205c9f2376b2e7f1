import { createHash } from "node:crypto";
import type { Emotion } from "../shared/emotions.ts";
import type { Logger } from "../shared/logger.ts";
import { trainEncoderBaseline } from "./baselines/encoder-baseline.ts";
import { trainTextBaseline, type TextSides } from "./baselines/text-baseline.ts";
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
}

/**
 * Trains one fold of a baseline and writes what it says, its temperature and, last of all, `fold.json`.
 * @throws UndertoneError `dataset-invalid`, `disk-full`
 */
export async function trainBaselineFold(job: BaselineJob, logger: Logger): Promise<void> {
  const { recipe, labels, split } = job;
  const folder = foldFolder(job.runFolder, split.fold);
  const started = performance.now();
  await writeSplit(folder, split);
  const { model } = recipe;
  const baseline =
    model.kind === "audio-encoder-linear"
      ? trainEncoderBaseline(job.data.examples, { ...model, labels })
      : trainTextBaseline(textSides(job), { ...model, labels });
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

/** The utterances with the words that a model is given. */
function textSides({ split, materials }: BaselineJob): TextSides {
  const side = (ids: readonly string[]): TextSides["train"] =>
    ids.map((id) => {
      const { utterance, transcript } = materials.get(id)!;
      return { ...utterance, transcript: transcript!.text };
    });
  return {
    train: side(split.train),
    validation: side(split.validation),
    test: side(split.test),
  };
}
