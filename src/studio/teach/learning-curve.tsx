import type { JSX } from "preact";
import { strings } from "../strings.ts";
import type { CurvePoint } from "./teaching.ts";

const texts = strings.teach;
const [width, height] = [600, 120];

/** The loss of the fit or the epochs as it falls, and recall on held-out clips where epochs have it. */
export function LearningCurve({
  points,
}: {
  readonly points: readonly CurvePoint[];
}): JSX.Element | null {
  if (points.length < 2) return null;
  const highest = Math.max(...points.map(({ loss }) => loss));
  const last = points.at(-1)!;
  const uars = points.flatMap(({ validationUar }) => validationUar ?? []);
  return (
    <figure class="curve">
      <svg
        viewBox={`0 0 ${width} ${height}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={texts.curve(last.loss)}
      >
        <polyline class="loss" points={line(points.map(({ loss }) => loss / highest))} />
        {uars.length > 1 && <polyline class="recall" points={line(uars)} />}
      </svg>
      <figcaption>
        <span class="loss">{texts.loss(last.loss)}</span>
        {uars.length > 0 && <span class="recall">{texts.validationUar(uars.at(-1)!)}</span>}
      </figcaption>
    </figure>
  );
}

/** Returns the points of a line through values of 0 to 1. */
function line(values: readonly number[]): string {
  return values
    .map((value, index) => {
      const x = (index / Math.max(1, values.length - 1)) * width;
      return `${x.toFixed(1)},${((1 - value) * (height - 4) + 2).toFixed(1)}`;
    })
    .join(" ");
}
