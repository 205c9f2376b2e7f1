import { speakersOf } from "../datasets/manifest.ts";
import type { LeftOut } from "../datasets/omissions.ts";
import type { Split } from "../datasets/splits.ts";
import type { Scores } from "../training/train.ts";
import type { FoldExamples } from "./examples.ts";
import type { Data } from "./read-data.ts";
import { isBaselineRecipe, type Recipe } from "./recipe.ts";
import type { FoldState } from "./run-folder.ts";

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const counted = (count: number, thing: string): string =>
  `${count} ${thing}${count === 1 ? "" : "s"}`;

/** What a run is about to do; folds that it has done already included. */
export function planMessage(recipe: Recipe, data: Data, folds: readonly Split[]): string {
  const { name, seed, training } = recipe;
  const protocol = folds[0]?.protocol ?? recipe.protocol;
  const speakers = counted(speakersOf(data.clips).length, "speaker");
  const numbers = folds.map(({ fold }) => fold).join(", ");
  const epochs = isBaselineRecipe(recipe)
    ? ""
    : `, up to ${counted(training.epochs, "epoch")} each`;
  return (
    `Recipe ${name} on ${data.corpus}: ${counted(data.clips.length, "clip")} of ${speakers}.\n` +
    `Protocol ${protocol}, ${folds.length === 1 ? "fold" : "folds"} ${numbers}${epochs}, seed ${seed}.`
  );
}

/** The sides of a fold that is about to be trained. */
export function sidesMessage(fold: number, examples: FoldExamples): string {
  const sides = (["train", "validation", "test"] as const).map((side) => {
    const members = examples[side];
    const speakers = speakersOf(members.map(({ utterance }) => utterance)).length;
    return `${side} ${counted(members.length, "clip")} of ${counted(speakers, "speaker")}`;
  });
  const { companions } = examples;
  const beside =
    companions.length > 0 ? ` Beside them ${counted(companions.length, "companion")}.` : "";
  return `Fold ${fold}: ${sides.join(", ")}.${beside}`;
}

/** What a companion corpus has to give to a training side. */
export function companionsMessage(data: Data, clips: number): string {
  return `Companion ${data.corpus}: ${counted(clips, "clip")} for the training side.`;
}

/** What a fold keeps out of its training side. */
export function leftOutMessage(fold: number, leftOut: readonly LeftOut[]): string {
  const parts = leftOut.map(({ reason, count }) => `${counted(count, "companion")} ${reason}`);
  return `Fold ${fold} leaves out ${parts.join(", ")}.`;
}

interface EpochFacts {
  readonly epoch: number;
  readonly trained: Scores;
  readonly validation: Scores | undefined;
  readonly clipsPerSec: number;
}

const scoresText = ({ loss, unweightedAverageRecall }: Scores): string =>
  `loss ${loss.toFixed(3)} UAR ${percent(unweightedAverageRecall)}`;

/** Loss and UAR of both sides after an epoch. */
export function epochMessage(fold: number, facts: EpochFacts): string {
  const { epoch, trained, validation, clipsPerSec } = facts;
  const sides = [`train ${scoresText(trained)}`];
  if (validation) sides.push(`validation ${scoresText(validation)}`);
  return `fold ${fold} epoch ${epoch}: ${sides.join(", ")}, ${clipsPerSec.toFixed(0)} clips/s`;
}

/** How a fold came out; without scores of a side that has no clips. */
export function resultMessage(
  fold: number,
  { epochs, bestEpoch, seconds }: FoldState,
  sides: Readonly<Record<"test" | "validation", Scores | undefined>>,
): string {
  const judged = Object.entries(sides).flatMap(([side, scores]) =>
    scores ? [`${side} UAR ${percent(scores.unweightedAverageRecall)}`] : [],
  );
  const kept = bestEpoch === undefined ? "" : `, epoch ${bestEpoch} kept`;
  const effort = `${counted(epochs, "epoch")}${kept}, ${seconds.toFixed(0)} s`;
  return `Fold ${fold} is done: ${[...judged, effort].join(", ")}.`;
}
