import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import uPlot from "uplot";
import { strings } from "../strings.ts";

/** One line of a chart: its value at each epoch from 1 on. */
export interface Curve {
  readonly name: string;
  /** A variable of the theme, such as `--accent`. */
  readonly color: string;
  readonly values: readonly (number | undefined)[];
  readonly dashed?: boolean;
  /** Of the single folds behind a mean. */
  readonly thin?: boolean;
}

interface CurvesProps {
  readonly title: string;
  readonly curves: readonly Curve[];
}

const height = 220;

/** Curves over epochs, with the values under the pointer. */
export function Curves({ title, curves }: CurvesProps): JSX.Element {
  const place = useRef<HTMLDivElement>(null);
  const names = curves.map(({ name }) => name).join("\n");
  const chart = useRef<uPlot | null>(null);
  useEffect(() => {
    const element = place.current!;
    const redraw = (): void => {
      chart.current?.destroy();
      chart.current = new uPlot(optionsOf(element, curves), dataOf(curves), element);
    };
    redraw();
    const resized = new ResizeObserver(() =>
      chart.current?.setSize({ width: element.clientWidth, height }),
    );
    resized.observe(element);
    const themed = new MutationObserver(redraw);
    themed.observe(document.documentElement, { attributes: true });
    const dark = matchMedia("(prefers-color-scheme: dark)");
    dark.addEventListener("change", redraw);
    return () => {
      resized.disconnect();
      themed.disconnect();
      dark.removeEventListener("change", redraw);
      chart.current?.destroy();
    };
  }, [names]);
  useEffect(() => chart.current?.setData(dataOf(curves)), [curves]);
  return (
    <figure class="curves">
      <figcaption>{title}</figcaption>
      <div ref={place} role="img" aria-label={title} />
    </figure>
  );
}

function dataOf(curves: readonly Curve[]): uPlot.AlignedData {
  const epochs = Math.max(1, ...curves.map(({ values }) => values.length));
  const numbers = Array.from({ length: epochs }, (_, index) => index + 1);
  return [
    numbers,
    ...curves.map(({ values }) => numbers.map((epoch) => values[epoch - 1] ?? null)),
  ];
}

function optionsOf(element: HTMLElement, curves: readonly Curve[]): uPlot.Options {
  const style = getComputedStyle(element);
  const colorOf = (name: string): string => style.getPropertyValue(name) || style.color;
  const axis: uPlot.Axis = {
    stroke: colorOf("--muted"),
    grid: { stroke: colorOf("--line"), width: 1 },
    ticks: { show: false },
    font: `12px ${style.fontFamily}`,
  };
  return {
    width: element.clientWidth,
    height,
    scales: { x: { time: false } },
    axes: [
      { ...axis, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500] },
      { ...axis, size: 44 },
    ],
    cursor: { drag: { setScale: false } },
    legend: { live: true },
    series: [
      { label: strings.runs.epoch },
      ...curves.map(({ name, color, dashed, thin }): uPlot.Series => ({
        label: name,
        stroke: colorOf(color),
        width: thin ? 1 : 2,
        alpha: thin ? 0.45 : 1,
        spanGaps: true,
        points: { show: false },
        ...(thin && { class: "thin" }),
        ...(dashed && { dash: [6, 4] }),
        value: (_, value) => (value === null ? "–" : value.toFixed(3)),
      })),
    ],
  };
}
