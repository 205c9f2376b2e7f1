import { join } from "node:path";
import type { Clip } from "../datasets/manifest.ts";
import { predictedLabel } from "../evaluation/prediction.ts";
import type { Mistake, ReportInput } from "./page/report.ts";
import { writeFileAtomically } from "../shared/files.node.ts";
import { readLogMel } from "./clip-spectrogram.ts";
import {
  extraDataOf,
  evaluationDocument,
  isLeaky,
  usesTextOnly,
  type EvaluatedRun,
} from "../runs/evaluate-run.ts";
import type { RunInfo } from "../runs/run-folder.ts";

/** Clips shown in a report. */
const mistakeCount = 8;

/**
 * Writes `evaluation.json` and `report.html` into a run folder. With the corpus's `clips` the report
 * shows the spectrograms of the most confident mistakes; a clip that cannot be read goes without.
 * @throws UndertoneError `disk-full`, `file-unreadable`
 */
export async function writeEvaluation(
  runFolder: string,
  run: EvaluatedRun,
  { clips = [] }: { readonly clips?: readonly Clip[] } = {},
): Promise<void> {
  // Loaded here: drawing charts takes a fifth of a second to load, which nobody else should wait for.
  const { renderReport } = await import("./page/report.ts");
  const mistakes = await confidentMistakes(run, clips);
  const document = JSON.stringify(evaluationDocument(run), undefined, 2);
  await writeFileAtomically(join(runFolder, "evaluation.json"), `${document}\n`);
  await writeFileAtomically(
    join(runFolder, "report.html"),
    renderReport(reportInput(run, mistakes)),
  );
}

function reportInput(run: EvaluatedRun, mistakes: readonly Mistake[]): ReportInput {
  const { info, folds, scores, warnings } = run;
  const byFold = new Map(evaluationDocument(run).folds.map((fold) => [fold.fold, fold]));
  return {
    name: info.name,
    corpus: info.corpus,
    protocol: info.protocol,
    leaky: isLeaky(info.protocol),
    reads: usesTextOnly(info),
    trainedOn: info.tested?.trainedOn,
    labels: info.labels,
    evaluation: scores,
    folds: folds.map(({ fold, epochs, test }) => ({
      ...byFold.get(fold)!,
      epochs,
      testSpeakers: [...new Set(test.map(({ speakerId }) => speakerId))],
    })),
    mistakes,
    warnings,
    command: info.command,
    recipe: info.recipe,
    facts: [
      ...(info.tested ? testFacts(info.tested) : trainingFacts(run)),
      ["Versions", factList(info.versions)],
      ["Machine", factList(info.machine)],
      ["Started", info.startedAt],
      ["Weights", folds.map(({ state }) => state.weightsSha256.slice(0, 12)).join(" ")],
    ],
  };
}

const trainingFacts = ({ info, folds }: EvaluatedRun): ReportInput["facts"] => [
  ["Trained on", [info.corpus, ...extraDataOf(info)].join(", ")],
  ["Seed", String(info.seed)],
  ["Split", `${info.protocol}, ${folds.length} of ${info.folds.length} folds`],
  ["Parameters", folds[0]?.state.parameters?.toLocaleString("en") ?? "not recorded"],
];

const testFacts = (tested: NonNullable<RunInfo["tested"]>): ReportInput["facts"] => [
  ["Trained on", tested.trainedOn.join(", ") || "not said by the model"],
  ["The model knows", tested.knownLabels.join(", ")],
  [
    "Clips left out",
    tested.leftOut.map(({ reason, count }) => `${count}: ${reason}`).join("; ") || "none",
  ],
];

const factList = (facts: Readonly<Record<string, string | number>>): string =>
  Object.entries(facts)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");

async function confidentMistakes(
  { test, info }: EvaluatedRun,
  clips: readonly Clip[],
): Promise<Mistake[]> {
  const paths = new Map(clips.map(({ id, path }) => [id, path]));
  const wrong = test
    .map(({ id, actual, probabilities }) => ({
      id,
      actual,
      probabilities,
      predicted: predictedLabel(probabilities),
    }))
    .filter(({ actual, predicted }) => actual !== predicted)
    .map((mistake) => ({ ...mistake, confidence: mistake.probabilities[mistake.predicted]! }))
    .toSorted((a, b) => b.confidence - a.confidence)
    .slice(0, mistakeCount);
  return Promise.all(
    wrong.map(async ({ id, actual, predicted, confidence }) => ({
      id,
      actual: info.labels[actual]!,
      predicted: info.labels[predicted]!,
      confidence,
      logMel: await readLogMel(paths.get(id)),
    })),
  );
}
