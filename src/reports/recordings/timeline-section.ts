import type { Analysis, Segment } from "../../recognition/analysis.ts";
import { clock } from "../../shared/clock.ts";
import { html, type Html } from "../page/html.ts";
import { percentage, type EmotionPatterns } from "./emotion-patterns.ts";
import type { SpeakerRow } from "./speaker-rows.ts";
import { nameOf, wholePercent } from "./speaker-table.ts";
import type { Waveform } from "./waveform.ts";

interface TimelineOptions {
  readonly rows: readonly SpeakerRow[];
  /** One for each channel, or one of all. */
  readonly waveforms: readonly Waveform[];
  readonly patterns: EmotionPatterns;
}

/** Returns waveform and emotions over time, a lane for each speaker, with a legend. */
export function timelineSection(analysis: Analysis, options: TimelineOptions): Html {
  const { durationSec, summary } = analysis;
  const { rows, waveforms, patterns } = options;
  const areSplit = rows.some(({ channel }) => channel !== null);
  const whole = areSplit ? undefined : waveforms[0];
  return html`<section>
    <h2>Timeline</h2>
    <div class="zoom" hidden>
      <button type="button" data-zoom="0.5" aria-label="Zoom out">−</button>
      <button type="button" data-zoom="2" aria-label="Zoom in">+</button>
    </div>
    <div class="scroll">
      <div class="inner" data-duration="${durationSec}">
        <div class="axis" aria-hidden="true">${ticks(durationSec)}</div>
        ${whole && html`<div class="lane">${wave(whole)}</div>`}
        ${rows.map((row) => {
          const own = areSplit ? waveforms[(row.channel ?? 1) - 1] : undefined;
          return lane({ name: nameOf(row), segments: row.segments, wave: own }, analysis, patterns);
        })}
        ${unnamedLanes(analysis, rows).map((each) => lane(each, analysis, patterns))}
        <div class="cursor" hidden></div>
      </div>
    </div>
    ${legend(summary.shares, analysis.segments, patterns)}
  </section>`;
}

interface Lane {
  readonly name: string;
  readonly segments: readonly Segment[];
  readonly wave?: Waveform | undefined;
}

/** Lanes of voices that are no one's, such as "both". */
function unnamedLanes({ segments }: Analysis, rows: readonly SpeakerRow[]): Lane[] {
  if (rows.some(({ speaker }) => speaker === null)) return [];
  const known = new Set(rows.map(({ speaker }) => speaker));
  const rest = segments.filter(
    ({ emotion, speaker }) => emotion !== null && speaker !== null && !known.has(speaker),
  );
  return [...new Set(rest.map(({ speaker }) => speaker!))].map((name) => ({
    name,
    segments: rest.filter(({ speaker }) => speaker === name),
  }));
}

function lane(
  { name, segments, wave: own }: Lane,
  { durationSec }: Analysis,
  patterns: EmotionPatterns,
): Html {
  const blocks = segments.map((segment) => {
    const { startSec, endSec, emotion, abstained } = segment;
    const place = html`x="${percentage(startSec / durationSec)}"
    width="${percentage((endSec - startSec) / durationSec)}"`;
    const title = html`<title>${describe(segment)}</title>`;
    return abstained === null
      ? html`<rect ${place} height="100%" fill="${patterns.fillOf(emotion!)}">${title}</rect>`
      : html`<rect ${place} y="1" height="26" class="abstained">${title}</rect>`;
  });
  return html`<div class="lane">
    <h3><bdi>${name}</bdi></h3>
    ${own && wave(own)}
    <svg
      class="strip"
      role="img"
      aria-label="Emotions over time: ${name}. The transcript has them."
    >
      ${blocks}
    </svg>
  </div>`;
}

function describe({
  startSec,
  endSec,
  emotion,
  confidence,
  abstained,
  intensity,
}: Segment): string {
  const what =
    abstained === null
      ? `${emotion} ${wholePercent(confidence ?? 0)}`
      : `${abstained}, no emotion reported`;
  const strength = intensity === null ? "" : `, intensity ${wholePercent(intensity)}`;
  return `${clock(startSec)} to ${clock(endSec)}: ${what}${strength}`;
}

function wave(waveform: Waveform): Html {
  return html`<svg
    class="wave"
    viewBox="0 -104 ${Math.max(1, waveform.parts - 1)} 208"
    preserveAspectRatio="none"
    role="img"
    aria-label="Waveform"
  >
    <path d="${waveform.path()}" vector-effect="non-scaling-stroke" />
  </svg>`;
}

function legend(
  shares: Readonly<Record<string, number>>,
  segments: readonly Segment[],
  patterns: EmotionPatterns,
): Html {
  const items = Object.entries(shares)
    .filter(([, share]) => share > 0)
    .map(
      ([label, share]) => html`<li>${patterns.swatch(label)} ${label} ${wholePercent(share)}</li>`,
    );
  const hasAbstained = segments.some(({ abstained }) => abstained !== null);
  return html`<ul class="legend" aria-label="Emotions and their share of time">
    ${items}
    ${hasAbstained ? html`<li>${patterns.swatch(null)} no emotion reported</li>` : undefined}
  </ul>`;
}

/** Steps between the marks of an axis, in seconds. */
const steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200];

const mostTicks = 8;

/** Returns marks for paper and for browsers without scripts. */
function ticks(durationSec: number): Html[] {
  const step = steps.find((each) => durationSec / each <= mostTicks) ?? 14_400;
  const count = Math.floor(durationSec / step) + 1;
  return Array.from({ length: count }, (_, n) => {
    const sec = n * step;
    return html`<span style="left:${percentage(durationSec > 0 ? sec / durationSec : 0)}"
      >${clock(sec).replace(/\.0$/, "")}</span
    >`;
  });
}
