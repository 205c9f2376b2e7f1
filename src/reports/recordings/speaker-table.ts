import { clock } from "../../shared/clock.ts";
import { table } from "../page/figure.ts";
import { html, type Html } from "../page/html.ts";
import type { EmotionPatterns } from "./emotion-patterns.ts";
import type { SpeakerRow } from "./speaker-rows.ts";

/** Returns a share in whole percent. */
export const wholePercent = (share: number): string => `${Math.round(share * 100)} %`;

/** Moments that are less probably negative are not shown. */
export const leastShown = 0.05;

/** Returns the heading of a speaker. */
export const nameOf = ({ speaker }: Pick<SpeakerRow, "speaker">): string => speaker ?? "Speech";

/** Returns the address of a moment within its page. */
export const anchorOf = (startSec: number): string => `t=${startSec}`;

/** Returns a trend in percentage points, with its sign. */
export const trendText = (trend: number): string => {
  const points = Math.round(trend * 100);
  return `${points > 0 ? "+" : points < 0 ? "−" : "±"}${Math.abs(points)}`;
};

const orDash = <Value>(value: Value | null, text: (value: Value) => string | Html): string | Html =>
  value === null ? "–" : text(value);

type Column = readonly [title: string, cell: (row: SpeakerRow) => string | Html];

/** Returns each speaker in numbers. */
export function speakerSection(rows: readonly SpeakerRow[], patterns: EmotionPatterns): Html {
  const areSeveral = rows.length > 1;
  const ofSeveral: readonly Column[] = [
    ["Share of talk", ({ talkShare }) => orDash(talkShare, wholePercent)],
    ["Overlap", ({ overlapSec }) => clock(overlapSec)],
  ];
  const columns: readonly Column[] = [
    ["Emotions", ({ summary }) => patterns.bar(summary.shares)],
    ["Talk time", ({ summary }) => clock(summary.speechSec)],
    ...(areSeveral ? ofSeveral : []),
    ["Negative", ({ polarity }) => orDash(polarity, ({ negative }) => wholePercent(negative))],
    ["Neutral", ({ polarity }) => orDash(polarity, ({ neutral }) => wholePercent(neutral))],
    ["Positive", ({ polarity }) => orDash(polarity, ({ positive }) => wholePercent(positive))],
    [
      "Most negative at",
      ({ strongestNegative: worst }) =>
        worst === null || worst.score < leastShown
          ? "–"
          : html`<a href="#${anchorOf(worst.startSec)}">${clock(worst.startSec)}</a>
              (${wholePercent(worst.score)})`,
    ],
    ["Trend", ({ negativeTrend }) => orDash(negativeTrend, trendText)],
    ["Abstained", ({ abstainedShare }) => orDash(abstainedShare, wholePercent)],
  ];
  return html`<section>
    <h2>${areSeveral ? "Speakers" : "Summary"}</h2>
    ${table({
      caption: areSeveral ? "By speaker" : "All speech",
      header: [areSeveral ? "Speaker" : "", ...columns.map(([title]) => title)],
      rows: rows.map((row) => [
        html`<bdi>${nameOf(row)}</bdi>`,
        ...columns.map(([, cell]) => cell(row)),
      ]),
      note: "Shares of the time with a reported emotion. Trend: change of the negative share from the first to the last third, in percentage points. Abstained: share of the speech for which no emotion is reported.",
    })}
  </section>`;
}
