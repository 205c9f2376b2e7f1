/**
 * Which models to average: all sets of kinds of finished runs by their score on validation clips, the mean over the seeds
 * that every kind has: `npx tsx bench/members.ts RUN… [--largest 4] [--out FILE]`.
 *
 *   --largest N   how many members a set may have
 *   --out FILE    write the table between the file's marks `<!-- measured -->` and `<!-- /measured -->`
 */
import { parseArgs } from "node:util";
import { negativeLogLikelihood, withTemperature } from "../src/evaluation/calibration.ts";
import { confusionMatrix, scoresOf } from "../src/evaluation/metrics.ts";
import type { Prediction } from "../src/evaluation/prediction.ts";
import { companionsOf, readRun } from "../src/runs/evaluate-run.ts";
import { meanProbabilities } from "../src/models/late-fusion.ts";
import { writeMeasured } from "./measured-part.ts";
import { table } from "./table.ts";

const { positionals: runFolders, values } = parseArgs({
  allowPositionals: true,
  options: { largest: { type: "string", default: "4" }, out: { type: "string" } },
});
const largest = Number(values.largest);
const shownOfEachSize = 2;

type Answers = ReadonlyMap<string, Prediction>;

/** Of each kind, by seed, the validation clips of all folds after their temperature, by fold and id. */
const kinds = new Map<string, Map<number, Answers>>();
let labelCount = 0;
for (const { info, folds } of await Promise.all(runFolders.map(readRun))) {
  const kind = [info.name, ...companionsOf(info)].join(" + ");
  const bySeed = kinds.get(kind) ?? new Map<number, Answers>();
  if (bySeed.has(info.seed))
    throw new RangeError(`members: two runs of ${kind}, seed ${info.seed}`);
  kinds.set(kind, bySeed);
  labelCount = info.labels.length;
  const answers = folds.flatMap(({ fold, validation, temperature }) =>
    validation.map((clip): [string, Prediction] => [
      `${fold} ${clip.id}`,
      withTemperature(clip, temperature),
    ]),
  );
  bySeed.set(info.seed, new Map(answers));
}
const names = [...kinds.keys()];
if (names.length < 2) throw new RangeError("members: name finished runs of two kinds or more");
const seeds = [...kinds.get(names[0]!)!.keys()].filter((seed) =>
  names.every((name) => kinds.get(name)!.has(seed)),
);
if (seeds.length === 0) throw new RangeError("members: no seed is there of every kind");

/** All sets of so many of `from`, in its order. */
function setsOf(size: number, from: readonly string[]): string[][] {
  if (size === 0) return [[]];
  return from.flatMap((name, at) =>
    setsOf(size - 1, from.slice(at + 1)).map((others) => [name, ...others]),
  );
}

function averaged(members: readonly Answers[]): Prediction[] {
  return [...members[0]!].map(([key, clip]) => {
    const answers = members.map((member) => {
      const own = member.get(key);
      if (!own) throw new RangeError(`members: not all runs have judged ${key} for validation`);
      return own.probabilities;
    });
    return { ...clip, probabilities: meanProbabilities(answers) };
  });
}

const mean = (numbers: readonly number[]): number =>
  numbers.reduce((sum, value) => sum + value, 0) / numbers.length;

const rows = Array.from({ length: Math.min(largest, names.length) }, (_, at) => {
  const sets = setsOf(at + 1, names).map((members) => {
    const bySeed = seeds.map((seed) =>
      averaged(members.map((name) => kinds.get(name)!.get(seed)!)),
    );
    const recalls = bySeed.map(
      (clips) => 100 * scoresOf(confusionMatrix(clips, labelCount)).unweightedAverageRecall,
    );
    return {
      members,
      recalls,
      recall: mean(recalls),
      loss: mean(bySeed.map(negativeLogLikelihood)),
    };
  });
  return sets.toSorted((a, b) => b.recall - a.recall).slice(0, shownOfEachSize);
})
  .flat()
  .map(({ members, recalls, recall, loss }) => [
    members.map((name) => `\`${name}\``).join(", "),
    recall.toFixed(1),
    recalls.map((one) => one.toFixed(1)).join(", "),
    loss.toFixed(3),
  ]);

const header = ["averaged", "UAR", "by seed", "loss"];
const page = `The best ${shownOfEachSize} of each size among all sets of ${names.length} kinds, on validation clips, seeds ${seeds.join(", ")}; UAR in per cent.

${table(header, rows)}`;
process.stdout.write(`${page}\n`);
if (values.out !== undefined) await writeMeasured(values.out, page);
