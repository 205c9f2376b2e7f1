import { join } from "node:path";
import type { EvaluatedDimensions } from "../runs/evaluate-dimension-run.ts";
import { isLeaky } from "../runs/evaluate-run.ts";
import { writeFileAtomically } from "../shared/files.node.ts";
import { factsOf } from "./report-run.ts";

/** Returns what `evaluation.json` holds of a run that predicts dimensions, and `undertone evaluate --json` prints. */
export function dimensionDocument({
  info,
  dimensions,
  folds,
  scores,
  warnings,
}: EvaluatedDimensions) {
  return {
    format: 2,
    name: info.name,
    corpus: info.corpus,
    protocol: info.protocol,
    leaky: isLeaky(info.protocol),
    seed: info.seed,
    dimensions,
    tested: info.tested,
    parameters: folds[0]?.state.parameters,
    trainingSeconds: folds.reduce((sum, { state }) => sum + state.seconds, 0),
    folds: folds.map(({ fold, state, test }) => ({
      fold,
      clips: test.length,
      epochs: state.epochs,
      bestEpoch: state.bestEpoch,
      seconds: state.seconds,
    })),
    warnings,
    scores,
  };
}

/** @see dimensionDocument */
export type DimensionDocument = ReturnType<typeof dimensionDocument>;

/** Writes `evaluation.json` and `report.html` into a run folder. @throws UndertoneError `disk-full`, `file-unreadable` */
export async function writeDimensionEvaluation(run: EvaluatedDimensions): Promise<void> {
  // Loaded here: the chart library takes a fifth of a second to load, which other commands need not wait for.
  const { renderDimensionReport } = await import("./page/dimension-report.ts");
  const { runFolder } = run;
  const document = JSON.stringify(dimensionDocument(run), undefined, 2);
  await writeFileAtomically(join(runFolder, "evaluation.json"), `${document}\n`);
  const report = renderDimensionReport(run, factsOf(run));
  await writeFileAtomically(join(runFolder, "report.html"), report);
}
