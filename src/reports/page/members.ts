import { scoreBarsChart } from "../../evaluation/charts/bars.ts";
import type { Estimate } from "../../evaluation/bootstrap.ts";
import { metricsIn, percent } from "../../evaluation/metrics.ts";
import { estimateOf, type Evaluation } from "../../evaluation/evaluation.ts";
import { verdictOf } from "../../evaluation/paired-differences.ts";
import { figure, intervalsCaption, range, table } from "./figure.ts";
import { html, type Html } from "./html.ts";
import { curveKeys, learningCurves } from "./learning-curves.ts";
import type { ReportFold, ReportInput } from "./report.ts";

/** A run that a fusion or an ensemble combines. */
export interface ReportMember {
  readonly name: string;
  /** Kind of its model, such as `audio-cnn`. */
  readonly kind: string;
  readonly evaluation: Evaluation;
  readonly folds: readonly ReportFold[];
  /** UAR of the combination minus that of the member on the same clips. */
  readonly gain?: Estimate | undefined;
}

/** More members than these fold their curves away. */
const mostOpenCurves = 3;

/** Returns the members' scores and learning curves beside those of their combination. */
export function membersSection({ name, evaluation, members }: ReportInput): Html {
  if (members.length === 0) return html``;
  const shown = metricsIn("report");
  const rows = [{ name, kind: "combined", evaluation, gain: undefined }, ...members];
  const bars = rows.map((row) => ({
    name: row.name,
    score: row.evaluation.unweightedAverageRecall,
  }));
  return html`<section>
    <h2>Fusion and its members</h2>
    <p>${gainSentence(members)}</p>
    <div class="figures">
      ${figure("UAR", `${intervalsCaption(bars.map(({ score }) => score))} dashed line is the combination.`, scoreBarsChart("UAR of the combination and its members.", bars, evaluation.unweightedAverageRecall.value))}
    </div>
    ${table({
      caption: "Scores on the test set",
      header: ["model", "kind", ...shown.map(({ abbreviation }) => abbreviation), "gain in UAR"],
      rows: rows.map((row) => [
        row.name,
        row.kind,
        ...shown.map(({ key, format }) => format(estimateOf(row.evaluation, key).value)),
        gainText(row.gain),
      ]),
      note: "Gain: UAR of the combination minus that of the member on the same clips, in points with the 95 % interval.",
    })}
    ${memberCurves(members)}
  </section>`;
}

function memberCurves(members: readonly ReportMember[]): Html {
  const curves = html`<p>${curveKeys}; mean over folds in bold.</p>
    <div class="figures">
      ${members.map((member) => learningCurves(member.folds, member.name))}
    </div>`;
  const title = "Learning curves of the members";
  return members.length > mostOpenCurves
    ? html`<details>
        <summary>${title}</summary>
        ${curves}
      </details>`
    : html`<h3>${title}</h3>
        ${curves}`;
}

function gainText(gain: Estimate | undefined): string {
  if (gain === undefined) return "–";
  const points = `${gain.value > 0 ? "+" : ""}${percent(gain.value)}`;
  return (gain.low === undefined ? points : `${points} (${range(gain)})`).replaceAll("-", "−");
}

/** Returns how the combination compares with its best member. */
function gainSentence(members: readonly ReportMember[]): string {
  const best = members.reduce((a, b) =>
    b.evaluation.unweightedAverageRecall.value > a.evaluation.unweightedAverageRecall.value ? b : a,
  );
  const { gain } = best;
  if (gain === undefined) {
    return `The best member is ${best.name}. It was not tested on the same clips, so there is no paired difference.`;
  }
  const verdict = verdictOf(gain);
  const comparison = {
    better: "better than",
    worse: "worse than",
    "not significant": "not significantly different from",
  };
  const said = verdict === undefined ? "compares with" : `is ${comparison[verdict]}`;
  return `On the same clips the combination ${said} its best member, ${best.name}: ${gainText(gain)} points of UAR.`;
}
