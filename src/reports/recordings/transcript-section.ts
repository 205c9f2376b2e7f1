import type { Analysis, Segment } from "../../recognition/analysis.ts";
import { clock } from "../../shared/clock.ts";
import { html, type Html } from "../page/html.ts";
import type { EmotionPatterns } from "./emotion-patterns.ts";
import { anchorOf, wholePercent } from "./speaker-table.ts";

/** Returns what was said, each utterance with its time, speaker and emotion. */
export function transcriptSection(analysis: Analysis, patterns: EmotionPatterns): Html {
  const spoken = analysis.segments.filter(({ emotion }) => emotion !== null);
  if (spoken.length === 0) return html`<section><p>Nobody speaks.</p></section>`;
  const anchors = new Set<number>();
  return html`<section>
    <h2>${analysis.transcriber === null ? "Segments" : "Transcript"}</h2>
    <ol class="transcript">
      ${spoken.map((segment) => {
        const isFirst = !anchors.has(segment.startSec);
        anchors.add(segment.startSec);
        return line(segment, analysis, { patterns, isFirst });
      })}
    </ol>
  </section>`;
}

interface LineOptions {
  readonly patterns: EmotionPatterns;
  /** Whether no line before starts at the same time; ids are unique. */
  readonly isFirst: boolean;
}

function line(segment: Segment, { language }: Analysis, { patterns, isFirst }: LineOptions): Html {
  const { startSec, endSec, speaker, emotion, confidence, abstained, text } = segment;
  const id = isFirst ? html`id="${anchorOf(startSec)}"` : undefined;
  const spoken = segment.language ?? undefined;
  const other = spoken !== undefined && spoken !== language ? languageName(spoken) : undefined;
  const lang = spoken && html`lang="${spoken}"`;
  return html`<li ${id} data-start="${startSec}" data-end="${endSec}">
    <a class="time" href="#${anchorOf(startSec)}">${clock(startSec)}</a>
    ${speaker === null ? undefined : html`<bdi class="speaker">${speaker}</bdi>`}
    <span class="emotion">
      ${patterns.swatch(abstained === null ? emotion : null)} ${abstained ?? emotion}
      ${abstained === null ? html`<small>${wholePercent(confidence ?? 0)}</small>` : undefined}
    </span>
    ${text === "" ? undefined : html`<p dir="auto" ${lang}>${text}</p>`} ${disagreement(segment)}
    ${other && html`<p class="note">${other}</p>`}
  </li>`;
}

function disagreement({ disagree, voice, words }: Segment): Html | undefined {
  if (!disagree || voice === null || words === null) return undefined;
  return html`<p class="note">
    voice and words disagree: voice ${voice.emotion} ${wholePercent(voice.confidence)}, words
    ${words.emotion} ${wholePercent(words.confidence)}
  </p>`;
}

const englishNames = new Intl.DisplayNames("en", { type: "language" });

/** Returns the English name of a language; what is no code as it is. */
export function languageName(code: string): string {
  try {
    return englishNames.of(code) ?? code;
  } catch {
    return code;
  }
}
