import { speakersOf } from "../datasets/manifest.ts";
import type { LeftOut } from "../datasets/omissions.ts";
import type { Split } from "../datasets/splits.ts";
import type { Experiment } from "../recipes/recipe.ts";
import type { EpochReport } from "../training/fit-network.ts";
import type { Scores } from "../training/train.ts";
import type { FoldData } from "./fold-data.ts";
import type { Data } from "./read-data.ts";
import type { FoldState } from "./run-folder.ts";

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;
const counted = (count: number, thing: string): string =>
  `${count} ${thing}${count === 1 ? "" : "s"}`;

/** Says what a run is about to do; folds that are done already included. */
export function planMessage(
  { recipe, model }: Experiment,
  data: Data,
  folds: readonly Split[],
): string {
  const { name, seed, training } = recipe;
  const protocol = folds[0]?.protocol ?? recipe.protocol;
  const speakers = counted(speakersOf(data.clips).length, "speaker");
  const numbers = folds.map(({ fold }) => fold).join(", ");
  const epochs = model.fit ? "" : `, up to ${counted(training.epochs, "epoch")} each`;
  return (
    `Recipe ${name} on ${data.corpus}: ${counted(data.clips.length, "clip")} of ${speakers}${ratedOn(data)}.\n` +
    `Protocol ${protocol}, ${folds.length === 1 ? "fold" : "folds"} ${numbers}${epochs}, seed ${seed}.`
  );
}

function ratedOn({ dimensions }: Data): string {
  if (!dimensions) return "";
  const scales = dimensions.map(({ name, low, high }) => `${name} (${low} to ${high})`);
  return `, rated on ${scales.join(", ")}`;
}

/** Says how large the splits of a fold are. */
export function splitsMessage(fold: number, data: FoldData): string {
  const splits = (["train", "validation", "test"] as const).map((split) => {
    const speakers = speakersOf(data[split].map(({ clip }) => clip)).length;
    return `${split} ${counted(data[split].length, "clip")} of ${counted(speakers, "speaker")}`;
  });
  const { extra } = data;
  const beside = extra.length > 0 ? ` Extra data: ${counted(extra.length, "clip")}.` : "";
  return `Fold ${fold}: ${splits.join(", ")}.${beside}`;
}

/** Says what an auxiliary corpus adds to the training split. */
export function extraDataMessage(data: Data, clips: number): string {
  return `Extra data ${data.corpus}: ${counted(clips, "clip")} for the training split.`;
}

/** Says which extra data a fold leaves out. */
export function leftOutMessage(fold: number, leftOut: readonly LeftOut[]): string {
  const parts = leftOut.map(({ reason, count }) => `${counted(count, "extra clip")} ${reason}`);
  return `Fold ${fold} leaves out ${parts.join(", ")}.`;
}

const scoresText = (scores: Scores): string => `loss ${scores.loss.toFixed(3)} ${headline(scores)}`;

/** The loss of dimensions is 1 − CCC. */
const headline = ({ loss, unweightedAverageRecall: recall }: Scores): string =>
  recall === undefined ? `CCC ${(1 - loss).toFixed(3)}` : `UAR ${percent(recall)}`;

/** Says loss and UAR, or CCC, of training and validation after an epoch. */
export function epochMessage(fold: number, report: EpochReport): string {
  const { epoch, train, validation, clipsPerSec } = report;
  const splits = [`train ${scoresText(train)}`];
  if (validation) splits.push(`validation ${scoresText(validation)}`);
  return `fold ${fold} epoch ${epoch}: ${splits.join(", ")}, ${clipsPerSec.toFixed(0)} clips/s`;
}

type SplitScores = Readonly<Record<"test" | "validation", Scores | undefined>>;

/** Says how a fold came out, without scores of a split that has no clips. */
export function resultMessage(
  fold: number,
  { epochs, bestEpoch, seconds }: FoldState,
  splits: SplitScores,
): string {
  const kept = bestEpoch === undefined ? "" : `, best epoch ${bestEpoch}`;
  const effort = `${counted(epochs, "epoch")}${kept}, ${seconds.toFixed(0)} s`;
  return `Fold ${fold} is done: ${[...recalls(splits), effort].join(", ")}.`;
}

/** Says how the combination of a fold's members came out. */
export function combinedMessage(fold: number, splits: SplitScores): string {
  return `Fold ${fold}: ${["combined", ...recalls(splits)].join(", ")}.`;
}

const recalls = (splits: SplitScores): string[] =>
  Object.entries(splits).flatMap(([split, scores]) =>
    scores ? [`${split} ${headline(scores)}`] : [],
  );
