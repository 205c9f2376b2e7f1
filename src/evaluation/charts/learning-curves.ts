import * as Plot from "@observablehq/plot";
import { chartWidth, colors, renderChart } from "./plot.ts";

/** A metric on both splits after one epoch. */
export interface CurvePoint {
  readonly epoch: number;
  readonly train: number;
  readonly validation: number | undefined;
}

/** The learning curves of one fold; the weights of `bestEpoch` were kept. */
export interface Curve {
  readonly fold: number;
  readonly points: readonly CurvePoint[];
  readonly bestEpoch?: number | undefined;
}

const splits = [
  { split: "train", color: colors.muted, dash: "4 3" },
  { split: "validation", color: colors.accent, dash: undefined },
] as const;

/** The y axis: a loss has its own range, a score 0..1. */
export type CurveScale = "loss" | "score";

/**
 * Returns learning curves on training and validation splits: a thin line a fold and, of several folds, their mean in bold over
 * the epochs that all of them reached.
 */
export function learningCurvesChart(
  description: string,
  curves: readonly Curve[],
  { scale, width = chartWidth }: { readonly scale: CurveScale; readonly width?: number },
): string {
  const mean = curves.length > 1 ? meanCurve(curves) : [];
  const last = Math.max(1, ...curves.flatMap(({ points }) => points.map(({ epoch }) => epoch)));
  return renderChart(description, {
    width,
    height: Math.round(width * 0.62),
    marginLeft: 48,
    marginTop: 12,
    marginRight: 14,
    marginBottom: 40,
    x: {
      label: "epoch →",
      domain: [1, Math.max(2, last)],
      ticks: Math.min(last, width / 70),
      tickFormat: "d",
    },
    y: {
      label: null,
      nice: true,
      ...(scale === "score" && { domain: [0, 1], percent: false, tickFormat: "%" }),
      ticks: 5,
    },
    marks: [
      Plot.gridY({ stroke: colors.grid, strokeOpacity: 1, ticks: 5 }),
      curves.length === 1 && curves[0]?.bestEpoch !== undefined
        ? Plot.ruleX([curves[0].bestEpoch], { stroke: colors.second, strokeDasharray: "2 3" })
        : null,
      ...splits.flatMap(({ split, color, dash }) => [
        ...curves.map(({ points }) =>
          Plot.lineY(points, {
            x: "epoch",
            y: split,
            stroke: color,
            strokeWidth: curves.length > 1 ? 1 : 1.8,
            strokeOpacity: curves.length > 1 ? 0.35 : 1,
            ...(dash !== undefined && curves.length === 1 && { strokeDasharray: dash }),
          }),
        ),
        Plot.lineY(mean, {
          x: "epoch",
          y: split,
          stroke: color,
          strokeWidth: 2.2,
          ...(dash !== undefined && { strokeDasharray: dash }),
        }),
      ]),
    ],
  });
}

function meanCurve(curves: readonly Curve[]): CurvePoint[] {
  const epochs = Math.min(...curves.map(({ points }) => points.length));
  return Array.from({ length: epochs }, (_, index) => {
    const points = curves.map((curve) => curve.points[index]!);
    const mean = (value: (point: CurvePoint) => number) =>
      points.reduce((sum, point) => sum + value(point), 0) / points.length;
    const validated = points.every(({ validation }) => validation !== undefined);
    return {
      epoch: points[0]!.epoch,
      train: mean(({ train }) => train),
      validation: validated ? mean(({ validation }) => validation!) : undefined,
    };
  });
}
