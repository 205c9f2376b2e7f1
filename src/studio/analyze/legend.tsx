import type { JSX } from "preact";
import { EmotionPatterns } from "../../reports/recordings/emotion-patterns.ts";
import type { Analysis } from "../../web/index.ts";
import { strings } from "../strings.ts";

const { timeline } = strings;

/** Emotions and their share of time, and what is hatched. */
export function Legend({ analysis }: { readonly analysis: Analysis }): JSX.Element {
  const { summary, segments } = analysis;
  const shares = Object.entries(summary.shares);
  const patterns = new EmotionPatterns(shares.map(([label]) => label));
  const some = shares.filter(([, share]) => share > 0).toSorted(([, a], [, b]) => b - a);
  return (
    <ul class="legend" aria-label={timeline.legend}>
      {some.map(([label, share]) => (
        <li key={label}>
          <Swatch fill={patterns.fillOf(label)} /> {label}{" "}
          <small>{Math.round(100 * share)} %</small>
        </li>
      ))}
      {segments.some(({ disagree }) => disagree) && (
        <li>
          <Swatch fill="url(#disagree)" /> {timeline.disagree}
        </li>
      )}
      {segments.some(({ abstained }) => abstained !== null) && (
        <li>
          <Swatch fill="url(#out)" isOut /> {timeline.noEmotion}
        </li>
      )}
    </ul>
  );
}

interface SwatchProps {
  /** Value of an SVG `fill`. */
  readonly fill: string;
  readonly isOut?: boolean;
}

/** A small sample of what lanes show. */
export function Swatch({ fill, isOut = false }: SwatchProps): JSX.Element {
  return (
    <svg width="24" height="14" class={isOut ? "swatch out" : "swatch"} aria-hidden="true">
      <rect width="24" height="14" fill={fill} />
    </svg>
  );
}
