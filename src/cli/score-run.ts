import type { Clip } from "../datasets/manifest.ts";
import { evaluationDocument } from "../reports/evaluation-document.ts";
import { dimensionDocument, writeDimensionEvaluation } from "../reports/report-dimensions.ts";
import { writeEvaluation } from "../reports/report-run.ts";
import { evaluateDimensionRun } from "../runs/evaluate-dimension-run.ts";
import { evaluateRun } from "../runs/evaluate-run.ts";
import { readRunInfo } from "../runs/run-folder.ts";
import { printJson } from "./output.ts";
import { printDimensions, printEvaluation } from "./print-evaluation.ts";

interface ScoreOptions {
  /** Of the corpus, for the report; none where it is not at hand. */
  readonly clips: readonly Clip[];
  readonly json?: boolean | undefined;
}

/** Scores a run, of emotions or of dimensions, writes its report and prints the scores. */
export async function scoreRun(runFolder: string, { clips, json }: ScoreOptions): Promise<void> {
  const { dimensions } = await readRunInfo(runFolder);
  if (dimensions) {
    const run = await evaluateDimensionRun(runFolder);
    await writeDimensionEvaluation(run);
    const document = dimensionDocument(run);
    if (json) printJson(document);
    else printDimensions(document, runFolder);
    return;
  }
  const run = await evaluateRun(runFolder);
  await writeEvaluation(runFolder, run, { clips });
  const document = evaluationDocument(run);
  if (json) printJson(document);
  else printEvaluation(document, runFolder);
}
