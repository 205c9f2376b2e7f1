import type { JSX } from "preact";
import { trackWidth, toX, view } from "../state/view.ts";

const steps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600];
const leastPixels = 64;

const pad = (value: number): string => String(value).padStart(2, "0");

/** Returns a time as an axis has it: `1:05`, `0:00.2`, `1:00:00`. */
export function axisLabel(sec: number, step: number): string {
  const whole = Math.floor(sec + 1e-6);
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  const clock = `${hours > 0 ? `${hours}:${pad(minutes)}` : minutes}:${pad(whole % 60)}`;
  return step < 1 ? `${clock}.${Math.round((sec - whole) * 10)}` : clock;
}

/** Times along the timeline. */
export function TimeAxis(): JSX.Element {
  const { startSec, endSec } = view.value;
  const wanted = ((endSec - startSec) * leastPixels) / Math.max(1, trackWidth.value);
  const step = steps.find((each) => each >= wanted) ?? 7200;
  const first = Math.ceil(startSec / step);
  const count = Math.max(0, Math.floor(endSec / step) - first + 1);
  return (
    <div class="axis" aria-hidden="true">
      {Array.from({ length: count }, (_, n) => (
        <span key={first + n} style={{ transform: `translateX(${toX((first + n) * step)}px)` }}>
          {axisLabel((first + n) * step, step)}
        </span>
      ))}
    </div>
  );
}
