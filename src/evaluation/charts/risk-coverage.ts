import * as Plot from "@observablehq/plot";
import type { RiskCoverage } from "../risk-coverage.ts";
import { colors, renderChart, shareLayout } from "./plot.ts";

/** At a lower coverage a few clips decide the risk, which may be far above all others. */
const leastCoverage = 0.05;

const tickFormat = (share: number): string => `${Number((100 * share).toFixed(2))}%`;

/** Returns the risk-coverage curve, with the coverage at which the risk is halved. */
export function riskCoverageChart({ curve, coverageAtHalfRisk }: RiskCoverage): string {
  const all = curve.at(-1)!;
  const drawn = curve.filter(({ coverage }) => coverage >= leastCoverage);
  return renderChart(
    "Risk-coverage curve: error rate over the share of clips that are predicted.",
    {
      ...shareLayout,
      x: { domain: [0, 1], label: "Coverage →", tickFormat: "%", ticks: 5 },
      y: {
        domain: [0, Math.max(0.02, ...drawn.map(({ risk }) => risk))],
        label: "↑ Risk (error rate)",
        tickFormat,
        ticks: 5,
      },
      marks: [
        Plot.gridY({ stroke: colors.grid, strokeOpacity: 1, ticks: 5 }),
        Plot.ruleY([all.risk / 2], { stroke: colors.second, strokeDasharray: "2 3" }),
        Plot.line(drawn, { x: "coverage", y: "risk", stroke: colors.accent, strokeWidth: 1.6 }),
        ...(coverageAtHalfRisk > 0
          ? [
              Plot.dot([{ coverage: coverageAtHalfRisk, risk: all.risk / 2 }], {
                x: "coverage",
                y: "risk",
                fill: colors.second,
                r: 4,
              }),
            ]
          : []),
      ],
    },
  );
}
