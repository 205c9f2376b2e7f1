import { join } from "node:path";
import type { Clip } from "../datasets/manifest.ts";
import { predictedLabel } from "../evaluation/prediction.ts";
import { extraDataOf, isLeaky, usesTextOnly, type EvaluatedRun } from "../runs/evaluate-run.ts";
import type { FoldState, RunInfo } from "../runs/run-folder.ts";
import { writeFileAtomically } from "../shared/files.node.ts";
import { readRecording } from "./clip-recording.ts";
import { evaluationDocument } from "./evaluation-document.ts";
import type { ConfidentError } from "./page/confident-errors.ts";
import type { ReportMember } from "./page/members.ts";
import type { ReportFold, ReportInput } from "./page/report.ts";
import { readMembers } from "./run-members.ts";

/** Clips that a report shows and embeds, about 0.1 MB each. */
const mostErrors = 12;

/**
 * Writes `evaluation.json` and `report.html` into a run folder. With the corpus's `clips` the report embeds spectrogram and audio
 * of the most confident errors; a clip that cannot be read is shown without.
 * @throws UndertoneError `disk-full`, `file-unreadable`
 */
export async function writeEvaluation(
  runFolder: string,
  run: EvaluatedRun,
  { clips = [] }: { readonly clips?: readonly Clip[] } = {},
): Promise<void> {
  // Loaded here: the chart library takes a fifth of a second to load, which other commands need not wait for.
  const { renderReport } = await import("./page/report.ts");
  const { members, warnings } = await readMembers(run);
  const input = reportInput(run, {
    confidentErrors: await confidentErrors(run, clips),
    members: members.map(({ member, name, run: own, gain }): ReportMember => ({
      name,
      kind: member.kind,
      evaluation: own.scores,
      folds: reportFolds(own),
      gain,
    })),
    warnings: [...run.warnings, ...warnings],
  });
  const document = JSON.stringify(evaluationDocument(run), undefined, 2);
  await writeFileAtomically(join(runFolder, "evaluation.json"), `${document}\n`);
  await writeFileAtomically(join(runFolder, "report.html"), renderReport(input));
}

function reportInput(
  run: EvaluatedRun,
  parts: Pick<ReportInput, "confidentErrors" | "members" | "warnings">,
): ReportInput {
  const { info, scores } = run;
  return {
    name: info.name,
    corpus: info.corpus,
    protocol: info.protocol,
    leaky: isLeaky(info.protocol),
    textOnly: usesTextOnly(info),
    trainedOn: info.tested?.trainedOn,
    labels: info.labels,
    evaluation: scores,
    folds: reportFolds(run),
    ...parts,
    command: info.command,
    recipe: info.recipe,
    facts: factsOf(run),
  };
}

interface RunWithFolds {
  readonly info: RunInfo;
  readonly folds: readonly { readonly state: FoldState }[];
}

/** Returns what else reproduces a run, beside command and recipe. */
export function factsOf({ info, folds }: RunWithFolds): ReportInput["facts"] {
  return [
    ...(info.tested ? testFacts(info.tested) : trainingFacts({ info, folds })),
    ["Versions", factList(info.versions)],
    ["Machine", factList(info.machine)],
    ["Started", info.startedAt],
    [
      "SHA-256 of the weights",
      folds.map(({ state }) => state.weightsSha256.slice(0, 12)).join(" "),
    ],
  ];
}

function reportFolds(run: EvaluatedRun): ReportFold[] {
  const byFold = new Map(evaluationDocument(run).folds.map((fold) => [fold.fold, fold]));
  return run.folds.map(({ fold, epochs, test }) => ({
    ...byFold.get(fold)!,
    epochs,
    testSpeakers: [...new Set(test.map(({ speakerId }) => speakerId))],
  }));
}

const trainingFacts = ({ info, folds }: RunWithFolds): ReportInput["facts"] => [
  ["Training data", [info.corpus, ...extraDataOf(info)].join(", ")],
  ["Seed", String(info.seed)],
  ["Protocol", `${info.protocol}, ${folds.length} of ${info.folds.length} folds`],
  ["Parameters", folds[0]?.state.parameters?.toLocaleString("en") ?? "not recorded"],
];

const testFacts = (tested: NonNullable<RunInfo["tested"]>): ReportInput["facts"] => [
  ["Training data", tested.trainedOn.join(", ") || "not recorded in the model"],
  ...(tested.knownLabels.length > 0
    ? [["Labels of the model", tested.knownLabels.join(", ")] as const]
    : []),
  [
    "Clips left out",
    tested.leftOut.map(({ reason, count }) => `${count}: ${reason}`).join("; ") || "none",
  ],
];

const factList = (facts: Readonly<Record<string, string | number>>): string =>
  Object.entries(facts)
    .map(([name, value]) => `${name} ${value}`)
    .join(", ");

async function confidentErrors(
  { test, info }: EvaluatedRun,
  clips: readonly Clip[],
): Promise<ConfidentError[]> {
  const byId = new Map(clips.map((clip) => [clip.id, clip]));
  const errors = test
    .map(({ id, actual, probabilities }) => {
      const predicted = predictedLabel(probabilities);
      return { id, actual, predicted, confidence: probabilities[predicted]! };
    })
    .filter(({ actual, predicted }) => actual !== predicted)
    .toSorted((a, b) => b.confidence - a.confidence)
    .slice(0, mostErrors);
  return Promise.all(
    errors.map(async ({ id, actual, predicted, confidence }) => ({
      id,
      actual: info.labels[actual]!,
      predicted: info.labels[predicted]!,
      confidence,
      recording: await readRecording(byId.get(id)),
    })),
  );
}
