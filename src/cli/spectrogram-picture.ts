import * as Plot from "@observablehq/plot";
import { hzToMel } from "../audio/mel.ts";
import { colors, renderChart } from "../evaluation/charts/plot.ts";
import { spectrogramDataUri, type LogMel } from "../evaluation/charts/spectrogram.ts";
import { stackCharts } from "../evaluation/charts/stack-charts.ts";

/** A recording, or a part of one, in frames of `hopSec`. */
interface Recording {
  readonly title: string;
  readonly startSec: number;
  readonly endSec: number;
  readonly hopSec: number;
  /** 0 to 8 kHz. */
  readonly mel: LogMel;
  /** [frames], 0 where there is no voice. */
  readonly pitchHz: Float32Array;
  /** [frames], dB below full scale. */
  readonly energyDb: Float32Array;
}

const width = 900;
const margins = { marginLeft: 64, marginRight: 20 };
const shownHz = [0, 500, 1000, 2000, 4000, 8000];

/** Draws mel spectrogram, pitch and energy below each other, on one axis of seconds, as SVG. */
export function drawSpectrogram(recording: Recording): string {
  const { title, pitchHz, energyDb } = recording;
  return stackCharts([
    [
      melChart(recording),
      curveChart(recording, {
        title: "Pitch",
        unit: "Hz",
        values: Array.from(pitchHz, (hz) => (hz > 0 ? hz : Number.NaN)),
      }),
      curveChart(recording, { title: "Energy", unit: "dB", values: Array.from(energyDb) }),
    ],
  ]).replace(
    "<svg ",
    `<svg role="img" aria-label="${`Spectrogram of ${title}`.replaceAll(/[<>&"]/g, " ")}" `,
  );
}

function melChart({ title, startSec, endSec, mel }: Recording): string {
  const [height, marginTop, marginBottom] = [340, 34, 38];
  return renderChart("Mel spectrogram", {
    width,
    height,
    marginTop,
    marginBottom,
    ...margins,
    x: { domain: [startSec, endSec], label: "seconds" },
    y: {
      domain: [0, hzToMel(8000, "slaney")],
      ticks: shownHz.map((hz) => hzToMel(hz, "slaney")),
      tickFormat: (_, index) => `${shownHz[index]!}`,
      label: "↑ Hz (mel scale)",
    },
    marks: [
      Plot.image([0], {
        x: (startSec + endSec) / 2,
        y: hzToMel(8000, "slaney") / 2,
        width: width - margins.marginLeft - margins.marginRight,
        height: height - marginTop - marginBottom,
        src: () => spectrogramDataUri(mel),
        preserveAspectRatio: "none",
      }),
      Plot.text([title], { frameAnchor: "top", dy: -24, fontWeight: 600, fill: "currentColor" }),
    ],
  });
}

interface Curve {
  readonly title: string;
  readonly unit: string;
  /** [frames]; NaN leaves a gap. */
  readonly values: readonly number[];
}

function curveChart(
  { startSec, endSec, hopSec }: Recording,
  { title, unit, values }: Curve,
): string {
  return renderChart(title, {
    width,
    height: 150,
    marginTop: 26,
    marginBottom: 36,
    ...margins,
    x: { domain: [startSec, endSec], label: "seconds" },
    y: { label: `↑ ${title}, ${unit}`, ticks: 4, nice: true },
    marks: [
      Plot.gridY({ stroke: colors.grid, strokeOpacity: 1, ticks: 4 }),
      Plot.lineY(values, {
        x: (_, frame: number) => startSec + frame * hopSec,
        stroke: colors.accent,
        strokeWidth: 1.5,
      }),
    ],
  });
}
