import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { percent } from "../../evaluation/metrics.ts";
import type { RunEvaluation } from "../../server/api.ts";
import type { Cell } from "../api/client.ts";
import { strings } from "../strings.ts";
import { CellClips } from "./cell-clips.tsx";
import { ConfusionMatrix } from "./confusion-matrix.tsx";
import { EstimateBar } from "./estimate.tsx";
import { ScoresHeading } from "./scores-heading.tsx";

const texts = strings.runs;

interface RunScoresProps {
  readonly runId: string;
  readonly evaluation: RunEvaluation;
}

/** The test scores of a run: headline, confusion matrix with its clips, results per label. */
export function RunScores({ runId, evaluation }: RunScoresProps): JSX.Element {
  const { scores, labels, warnings } = evaluation;
  const [cell, setCell] = useState<Cell | null>(null);
  const bars = [
    ["UAR", scores.unweightedAverageRecall],
    [texts.columns.accuracy, scores.accuracy],
    [texts.columns.macroF1, scores.macroF1],
    ["ECE", scores.calibrated.expectedCalibrationError],
  ] as const;
  return (
    <>
      <section>
        <ScoresHeading scores={scores} warnings={warnings} />
        <dl class="scores">
          {bars.map(([name, estimate]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <EstimateBar estimate={estimate} format={percent} from={0} to={1} />
              </dd>
            </div>
          ))}
        </dl>
      </section>
      <section>
        <h2>{texts.confusion}</h2>
        <p class="lead">{texts.confusionHint}</p>
        <div class="beside">
          <ConfusionMatrix
            labels={labels}
            matrix={scores.confusionMatrix}
            open={cell}
            onOpen={setCell}
          />
          {cell && <CellClips runId={runId} cell={cell} />}
        </div>
      </section>
      <section>
        <h2>{texts.perLabel}</h2>
        <div class="wide">
          <table>
            <thead>
              <tr>
                <th scope="col">{strings.local.label}</th>
                <th scope="col">{texts.recallColumn}</th>
                <th scope="col" class="number">
                  {texts.precision}
                </th>
                <th scope="col" class="number">
                  {texts.f1}
                </th>
                <th scope="col" class="number">
                  {texts.clips}
                </th>
              </tr>
            </thead>
            <tbody>
              {scores.perClass.map(({ label, recall, precision, f1, support }) => (
                <tr key={label}>
                  <th scope="row">{label}</th>
                  <td>
                    <EstimateBar estimate={recall} format={percent} from={0} to={1} />
                  </td>
                  <td class="number">{percent(precision)}</td>
                  <td class="number">{percent(f1)}</td>
                  <td class="number">{support}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </>
  );
}
