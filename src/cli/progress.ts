import type { Logger, Progress, ProgressListener } from "../shared/logger.ts";
import { printableLines } from "./printable.ts";
import { typeable } from "./typeable.ts";

/** Where progress is shown; process.stderr is one. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

interface Bar {
  progress: Progress;
  readonly startedAt: number;
  readonly startedWith: number;
  shownAt: number;
}

const redrawMs = 100;
const plainLineMs = 10_000;
const barWidth = 24;

const two = (value: number): string => String(value).padStart(2, "0");

/** Returns seconds in words: `42 s`, `3 min 05 s`, `2 h 07 min`. */
export function formatDuration(seconds: number): string {
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
  return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
}

function isComplete({ done, total }: Progress): boolean {
  return total !== undefined && done >= total;
}

/** The parts of `12/40 clips · 31.4 clips/s · 2 s left · loss 1.20`. */
function describe({ progress, startedAt, startedWith }: Bar, now: number) {
  const { done, total, unit, facts = {} } = progress;
  const seconds = (now - startedAt) / 1000;
  const rate = seconds > 0 ? (done - startedWith) / seconds : 0;
  const speed = rate >= 100 ? rate.toFixed(0) : rate.toPrecision(3);
  const left = total === undefined || rate <= 0 ? undefined : (total - done) / rate;
  return {
    count: [`${total === undefined ? done : `${done}/${total}`} ${unit}`],
    rate: rate > 0 ? [unit === "s" ? `${speed} × real time` : `${speed} ${unit}/s`] : [],
    time: isComplete(progress)
      ? [formatDuration(seconds)]
      : left === undefined
        ? []
        : [`${formatDuration(left)} left`],
    facts: Object.entries(facts).map((fact) => fact.join(" ")),
  };
}

/** One line for a bar, without what there is no room for: the bar, then the rate, then the count. */
function fit(bar: Bar, label: string, { now, width }: { now: number; width: number }): string {
  const { count, rate, time, facts } = describe(bar, now);
  const all = [...count, ...rate, ...time, ...facts].join(" · ");
  const lines = [
    `${label} ${drawBar(bar.progress)}${all}`,
    `${label} ${all}`,
    `${label} ${[...count, ...time, ...facts].join(" · ")}`,
    [...facts, ...time].join(" · ") || count.join(""),
  ];
  return (lines.find((line) => line.length <= width) ?? lines.at(-1)!).slice(0, width);
}

function drawBar({ done, total }: Progress): string {
  if (total === undefined || total <= 0) return "";
  const filled = Math.round(Math.min(1, done / total) * barWidth);
  return `${"█".repeat(filled)}${"░".repeat(barWidth - filled)} `;
}

/** A display of progress that lets messages through without tearing its bars. */
export type ProgressDisplay = ProgressListener & Logger;

/**
 * Returns a display on a stream that is not standard output. On a terminal each label is a bar
 * with rate and remaining time, in the order of their first report (the run, then the epoch
 * within it), redrawn in place until all are complete. Elsewhere it writes plain lines of what is
 * not nested: at the start of a label, every ten seconds, and when it is complete.
 */
export function createProgress(stream: ProgressStream): ProgressDisplay {
  return stream.isTTY ? createBars(stream) : createLines(stream);
}

function follow(bars: Map<string, Bar>, progress: Progress, now: number): Bar {
  const { label, done } = progress;
  const known = bars.get(label);
  if (known !== undefined && done >= known.progress.done) {
    known.progress = progress;
    return known;
  }
  const shownAt = Number.NEGATIVE_INFINITY;
  const bar: Bar = { progress, startedAt: now, startedWith: done, shownAt };
  bars.set(label, bar);
  return bar;
}

function createLines(stream: ProgressStream): ProgressDisplay {
  const bars = new Map<string, Bar>();
  const print = (message: string): void =>
    void stream.write(`${typeable(printableLines(message))}\n`);
  const listener = (progress: Progress): void => {
    if (progress.nested) return;
    const now = performance.now();
    const bar = follow(bars, progress, now);
    if (isComplete(progress)) bars.delete(progress.label);
    else if (now - bar.shownAt < plainLineMs) return;
    bar.shownAt = now;
    print(`${progress.label}: ${Object.values(describe(bar, now)).flat().join(" · ")}`);
  };
  return Object.assign(listener, { info: print, warn: print });
}

function createBars(stream: ProgressStream): ProgressDisplay {
  const bars = new Map<string, Bar>();
  let drawnLines = 0;
  let drawnAt = Number.NEGATIVE_INFINITY;

  const clear = (): string => (drawnLines > 0 ? `\u001B[${drawnLines}F\u001B[J` : "");
  const draw = (now: number): void => {
    const width = (stream.columns ?? 80) - 1;
    const labelWidth = Math.max(...[...bars.keys()].map((label) => label.length));
    const lines = [...bars.values()].map((bar) =>
      fit(bar, bar.progress.label.padEnd(labelWidth), { now, width }),
    );
    stream.write(`${clear()}${lines.join("\n")}\n`);
    drawnLines = lines.length;
    drawnAt = now;
  };
  const print = (message: string): void => {
    stream.write(`${clear()}${typeable(printableLines(message))}\n`);
    drawnLines = 0;
    if (bars.size > 0) draw(performance.now());
  };
  const listener = (progress: Progress): void => {
    const now = performance.now();
    if (!bars.has(progress.label)) {
      for (const [label, bar] of bars) if (isComplete(bar.progress)) bars.delete(label);
    }
    follow(bars, progress, now);
    const allComplete = [...bars.values()].every((bar) => isComplete(bar.progress));
    if (!allComplete && now - drawnAt < redrawMs) return;
    draw(now);
    if (!allComplete) return;
    bars.clear();
    drawnLines = 0;
  };
  return Object.assign(listener, { info: print, warn: print });
}
