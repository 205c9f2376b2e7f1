import { defineCommand } from "citty";
import type { EvaluationDocument } from "../experiments/evaluate-run.ts";
import type { Estimate } from "../evaluation/evaluation.ts";
import { counted, printJson } from "./output.ts";
import { printable } from "./printable.ts";
import { formatTable } from "./table.ts";

/** `undertone evaluate`: scores a run folder and writes its report. */
export const evaluateCommand = defineCommand({
  meta: {
    name: "evaluate",
    description:
      "Score a run on its test speakers and write evaluation.json and report.html into it",
    examples: [
      "undertone evaluate runs/audio-cnn",
      "undertone evaluate runs/audio-cnn --data data/ravdess",
    ],
  },
  args: {
    run: { type: "positional", required: true, description: "A run's folder" },
    data: {
      type: "string",
      valueHint: "folder",
      description: "The corpus, to show spectrograms of the mistakes in the report",
    },
    json: { type: "boolean", description: "Print one JSON document" },
  },
  run: async ({ args }) => {
    const { evaluateRun, evaluationDocument } = await import("../experiments/evaluate-run.ts");
    const { writeEvaluation } = await import("../experiments/report-run.ts");
    const { readCorpus } = await import("../datasets/read-corpus.ts");
    const run = await evaluateRun(args.run);
    const clips = args.data === undefined ? [] : (await readCorpus(args.data)).clips;
    await writeEvaluation(args.run, run, { clips });
    const document = evaluationDocument(run);
    if (args.json) printJson(document);
    else printEvaluation(document, args.run);
  },
});

function printEvaluation(document: EvaluationDocument, folder: string): void {
  const { scores, labels, warnings } = document;
  const folds = counted(document.folds.length, "fold");
  const judged = `${counted(scores.clips, "test clip")} of ${counted(scores.speakers, "speaker")}`;
  const what = `${document.name}: ${document.corpus}, protocol ${document.protocol}`;
  console.log(`${printable(what)}, ${folds}, ${judged}\n`);
  if (document.leaky) {
    console.log(
      "LEAKY SPLIT: speakers of the test set were in training. These scores say nothing about new speakers.\n",
    );
  }
  for (const warning of warnings) console.log(`Warning: ${warning}\n`);
  console.log(
    formatTable(
      ["score", "%", "95 % interval"],
      [
        scoreRow("unweighted average recall", scores.unweightedAverageRecall),
        scoreRow("accuracy", scores.accuracy),
        scoreRow("macro-F1", scores.macroF1),
        scoreRow("calibration error", scores.calibrated.expectedCalibrationError),
        scoreRow("  before calibration", scores.uncalibrated.expectedCalibrationError),
        scoreRow("chance", { value: 1 / labels.length }),
      ],
    ),
  );
  console.log();
  console.log(
    formatTable(
      ["emotion", "recall", "precision", "F1", "clips", "recall, 0 to 100 %"],
      scores.perClass.map(({ label, recall, precision, f1, support }) => [
        label,
        percent(recall.value),
        percent(precision),
        percent(f1),
        String(support),
        bar(recall.value),
      ]),
    ),
  );
  if (scores.bySex.length > 0) {
    console.log();
    console.log(
      formatTable(
        ["sex", "recall", "95 % interval", "speakers", "clips"],
        scores.bySex.map(({ sex, unweightedAverageRecall, speakers, clips }) => [
          ...scoreRow(sex, unweightedAverageRecall),
          String(speakers),
          String(clips),
        ]),
      ),
    );
  }
  console.log(`\nReport: ${folder.replace(/\/+$/, "")}/report.html`);
}

const percent = (share: number): string => (100 * share).toFixed(1);

const scoreRow = (name: string, { value, low, high }: Estimate): string[] => [
  name,
  percent(value),
  low === undefined || high === undefined ? "" : `${percent(low)} to ${percent(high)}`,
];

const bar = (share: number): string => "█".repeat(Math.round(24 * share)).padEnd(24, "░");
