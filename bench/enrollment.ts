/**
 * How much of a speaker's neutral offset to take away, on the validation clips of finished runs:
 * `npx tsx bench/enrollment.ts RUN… [--out FILE]`.
 *
 *   --out FILE   write the table between the file's marks `<!-- measured -->` and `<!-- /measured -->`
 */
import { parseArgs } from "node:util";
import { negativeLogLikelihood, withTemperature } from "../src/evaluation/calibration.ts";
import { confusionMatrix, scoresOf } from "../src/evaluation/metrics.ts";
import type { Prediction } from "../src/evaluation/prediction.ts";
import { readRun } from "../src/runs/evaluate-run.ts";
import { meanLogits, offsetShare, withoutOffset } from "../src/models/enrollment.ts";
import { Random } from "../src/shared/random.ts";
import { writeMeasured } from "./measured-part.ts";
import { table } from "./table.ts";

const { positionals: runFolders, values } = parseArgs({
  allowPositionals: true,
  options: { out: { type: "string" } },
});
if (runFolders.length === 0) throw new RangeError("enrollment: name runs that have finished");

const shares = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.8, 1];
const utterances = [1, 2, 3, 4, 8];
const draws = 5;

/** A speaker's clips but those that enroll, and how far these lie from everybody's neutral speech. */
interface Enrolled {
  readonly clips: readonly Prediction[];
  /** Centerd logits [labels]. */
  readonly difference: readonly number[];
}

const logitsOf = (clips: readonly Prediction[]): number[] =>
  meanLogits(clips.map(({ probabilities }) => probabilities));

function enrollments(
  speakers: readonly Prediction[][],
  neutral: number,
  count: number,
): Enrolled[] {
  const neutralOf = (clips: readonly Prediction[]): Prediction[] =>
    clips.filter(({ actual }) => actual === neutral);
  return speakers.flatMap((own) => {
    const candidates = neutralOf(own);
    if (candidates.length <= count) return [];
    const others = speakers.filter(([first]) => first!.speakerId !== own[0]!.speakerId);
    const everybody = logitsOf(others.flatMap(neutralOf));
    return Array.from({ length: draws }, (_, draw) => {
      const shuffled = new Random("enrolment", own[0]!.speakerId, draw).shuffle(candidates);
      const heard = new Set(shuffled.slice(0, count));
      return {
        clips: own.filter((clip) => !heard.has(clip)),
        difference: logitsOf([...heard]).map((logit, label) => logit - everybody[label]!),
      };
    });
  });
}

interface Group {
  readonly corpus: string;
  readonly labels: readonly string[];
  readonly runs: Prediction[][][];
}

/** By corpus; of each run the validation clips of each speaker. */
const groups = new Map<string, Group>();
for (const { info, folds } of await Promise.all(runFolders.map(readRun))) {
  const { corpus, labels } = info;
  const group = groups.get(corpus) ?? { corpus, labels, runs: [] };
  groups.set(corpus, group);
  const speakers = folds.flatMap(({ validation, temperature }) => {
    const clips = validation.map((prediction) => withTemperature(prediction, temperature));
    const ids = new Set(clips.map(({ speakerId }) => speakerId));
    return [...ids].map((id) => clips.filter(({ speakerId }) => speakerId === id));
  });
  group.runs.push(speakers);
}

const rows: string[][] = [];
for (const { corpus, labels, runs } of groups.values()) {
  const neutral = labels.indexOf("neutral");
  for (const count of utterances) {
    const enrolled = runs.flatMap((speakers) => enrollments(speakers, neutral, count));
    if (enrolled.length === 0) continue;
    const cells = [...shares, offsetShare(count)].map((share) => {
      const judged = enrolled.flatMap(({ clips, difference }) => {
        const offset = difference.map((logit) => share * logit);
        return clips.map((clip) => ({
          ...clip,
          probabilities: withoutOffset(clip.probabilities, offset),
        }));
      });
      const { unweightedAverageRecall } = scoresOf(confusionMatrix(judged, labels.length));
      const loss = negativeLogLikelihood(judged);
      return `${(100 * unweightedAverageRecall).toFixed(1)} (${loss.toFixed(3)})`;
    });
    rows.push([corpus, String(count), ...cells]);
  }
}

const header = ["corpus", "utterances", ...shares.map(String), "as built"];
const page = `UAR in per cent, and loss in parentheses, on validation clips of ${runFolders.length} runs, by the share that is taken away.

${table(header, rows)}`;
process.stdout.write(`${page}\n`);
if (values.out !== undefined) await writeMeasured(values.out, page);
