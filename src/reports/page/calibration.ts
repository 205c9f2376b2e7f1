import { reliabilityChart } from "../../evaluation/charts/reliability.ts";
import { riskCoverageChart } from "../../evaluation/charts/risk-coverage.ts";
import type { Calibration, Evaluation } from "../../evaluation/evaluation.ts";
import { percent, probabilityMetrics } from "../../evaluation/metrics.ts";
import type { RiskCoverage } from "../../evaluation/risk-coverage.ts";
import { figure, range, table } from "./figure.ts";
import { html, type Html } from "./html.ts";

/** Returns the reliability diagram, the risk-coverage curve and the metrics of probabilities. */
export function calibrationSection({ calibrated, uncalibrated, riskCoverage }: Evaluation): Html {
  return html`<section>
    <h2>Calibration</h2>
    <p>${calibrationSentences(uncalibrated, calibrated)}</p>
    <div class="figures">
      ${figure("Reliability diagram", html`<span class="key before"></span> before and <span class="key after"></span> after temperature scaling. Above the diagonal: underconfident; below: overconfident. Larger dots hold more clips.`, reliabilityChart(uncalibrated.bins, calibrated.bins))}
      ${figure("Risk-coverage curve", riskCoverageCaption(riskCoverage), riskCoverageChart(riskCoverage))}
      ${table({
        caption: "Before and after temperature scaling",
        header: [
          "",
          ...probabilityMetrics.map(({ abbreviation }) => abbreviation),
          "95 % interval of ECE",
        ],
        rows: [row("before", uncalibrated), row("after", calibrated)],
        note: "Lower is better in all. One temperature a fold is fitted on validation clips, never on the test set; it changes no predicted label.",
      })}
    </div>
  </section>`;
}

const row = (name: string, scores: Calibration): string[] => [
  name,
  ...probabilityMetrics.map(({ key, format }) => format(scores[key].value)),
  range(scores.expectedCalibrationError),
];

/** A difference below half of the last printed digit. */
const negligible = 0.0005;

/** Returns what temperature scaling did to the calibration error, and how confidence and accuracy differ now. */
export function calibrationSentences(
  { expectedCalibrationError: before }: Calibration,
  { expectedCalibrationError: after, bins }: Calibration,
): string {
  const change = after.value - before.value;
  const errors = `the expected calibration error from ${percent(before.value)} to ${percent(after.value)} %`;
  const effect =
    Math.abs(change) < negligible
      ? `Temperature scaling leaves the expected calibration error at ${percent(after.value)} %.`
      : change < 0
        ? `Temperature scaling lowers ${errors}.`
        : `Temperature scaling raises ${errors}: the temperature fitted on validation clips does not suit the test clips.`;
  const clips = bins.reduce((sum, bin) => sum + bin.clips, 0);
  const mean = (of: "confidence" | "accuracy"): number =>
    bins.reduce((sum, bin) => sum + bin.clips * bin[of], 0) / Math.max(1, clips);
  const [confidence, accuracy] = [mean("confidence"), mean("accuracy")];
  const gap = confidence - accuracy;
  const tendency =
    Math.abs(gap) < negligible
      ? "as much as the accuracy"
      : `${percent(Math.abs(gap))} points ${gap > 0 ? "above" : "below"} the accuracy (${gap > 0 ? "overconfident" : "underconfident"})`;
  return `${effect} Mean confidence is ${percent(confidence)} %, ${tendency}.`;
}

const riskCoverageCaption = ({ coverageAtHalfRisk, areaUnderCurve }: RiskCoverage): Html => html`
  Error rate when only the most confident clips are predicted (area ${areaUnderCurve.toFixed(3)}).
  ${
    coverageAtHalfRisk > 0
      ? html`It is halved (<span class="key mark"></span> dashed) at a coverage of
          ${percent(coverageAtHalfRisk)} %.`
      : "No confidence threshold halves it."
  }
`;
