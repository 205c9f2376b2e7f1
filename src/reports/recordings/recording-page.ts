import type { Analysis } from "../../recognition/analysis.ts";
import { clock } from "../../shared/clock.ts";
import { html, type Html } from "../page/html.ts";
import { renderPage } from "../page/page.ts";
import { inlineScript } from "../page/script.ts";
import { EmotionPatterns } from "./emotion-patterns.ts";
import { momentsSection, type MomentsInput } from "./moments-section.ts";
import { recordingScript } from "./recording-script.ts";
import { recordingStyle } from "./recording-style.ts";
import { speakerRows, speechOf } from "./speaker-rows.ts";
import { speakerSection } from "./speaker-table.ts";
import { timelineSection } from "./timeline-section.ts";
import { languageName, transcriptSection } from "./transcript-section.ts";
import type { Waveform } from "./waveform.ts";

/** What a page shows and plays of the audio itself. */
export interface RecordingSound {
  /** One for each channel, or one of all; none where the recording could not be read. */
  readonly waveforms: readonly Waveform[];
  /** Embedded audio as a `data:` URI, or a link to the file. */
  readonly player:
    | { readonly uri: string; readonly sizeBytes: number }
    | { readonly href: string }
    | undefined;
}

/** Named facts, in order. */
export type Facts = readonly (readonly [name: string, value: string])[];

/** What a page of a recording shows. */
export interface RecordingInput {
  /** The file's name. */
  readonly name: string;
  readonly analysis: Analysis;
  readonly sound: RecordingSound;
  /** What is known of the recording beside its sound: agent, date, … */
  readonly fields: Facts;
  /** What it was analyzed with. */
  readonly facts: Facts;
  /** Link to the list that the recording is one of. */
  readonly list?: string | undefined;
  /** Those that were asked for. */
  readonly moments?: MomentsInput | undefined;
}

/** Returns a recording's page without network requests: waveform, lanes of emotions, transcript and playback. */
export async function renderRecording(input: RecordingInput): Promise<string> {
  const { analysis, sound, facts, moments } = input;
  const name = safeName(input.name);
  const rows = speakerRows(analysis);
  const patterns = new EmotionPatterns(Object.keys(analysis.summary.shares));
  return renderPage({
    title: `${name}: emotion in speech`,
    header: recordingHeader(input),
    sections: [
      patterns.definitions(),
      timelineSection(analysis, { rows, waveforms: sound.waveforms, patterns }),
      player(name, sound.player),
      speakerSection(rows, patterns),
      ...(moments ? [momentsSection(moments)] : []),
      transcriptSection(analysis, patterns),
      html`<section>
        <h2>How it was made</h2>
        <dl class="facts">${facts.map(fact)}</dl>
      </section>`,
    ],
    footer: pageFooter,
    rules: recordingStyle,
    script: await inlineScript(recordingScript),
  });
}

/** Returns a file's name without characters that would show it in another order, or not at all. */
export function safeName(name: string): string {
  return name.replaceAll(/[\p{Cc}\u202A-\u202E\u2066-\u2069]/gu, "\uFFFD");
}

/** The foot of pages that people show each other. */
export const pageFooter = html`Written by <b>undertone</b>. Emotions are predictions of how speech
  sounds and what it says, with errors; they are not what people feel.`;

/** Returns one of named facts, for a `<dl>`. */
const fact = ([name, value]: Facts[number]): Html =>
  html`<dt>${name}</dt>
    <dd><bdi>${value}</bdi></dd>`;

type HeaderInput = Pick<RecordingInput, "name" | "analysis" | "fields" | "list">;

/** Returns the head of a recording's page, which tells whether a page is the one of this analysis and these fields. */
export function recordingHeader({ name, analysis, fields, list }: HeaderInput): Html {
  const { summary, warnings, incomplete, language } = analysis;
  const { dominantEmotion } = summary;
  const mostly =
    dominantEmotion === null
      ? "no emotion reported"
      : `mostly ${dominantEmotion} (${Math.round(100 * summary.shares[dominantEmotion]!)} %)`;
  return html`<header>
    <p class="kicker">
      ${list === undefined ? "Emotion in speech" : html`<a href="${list}">All recordings</a>`}
    </p>
    <h1><bdi>${safeName(name)}</bdi></h1>
    <p class="lead">
      ${[speechOf(analysis), mostly, ...(language === null ? [] : [languageName(language)])].join(" · ")}
    </p>
    ${fields.length > 0 ? html`<dl class="facts">${fields.map(fact)}</dl>` : undefined}
    ${
      incomplete
        ? html`<p class="banner" role="note">
            <strong>Incomplete</strong> Only ${clock(incomplete.decodedSec)} of
            ${clock(incomplete.expectedSec)} could be decoded. This page shows that part.
          </p>`
        : undefined
    }
    ${warnings.map((warning) => html`<p class="lead" role="note"><bdi>${warning}</bdi></p>`)}
  </header>`;
}

function player(name: string, source: RecordingSound["player"]): Html {
  if (source === undefined) {
    return html`<p class="lead">
      The recording could not be read again, so there is no waveform and no playback.
    </p>`;
  }
  const isEmbedded = "uri" in source;
  const note = isEmbedded
    ? html`The recording is embedded in this page (${(source.sizeBytes / 1e6).toFixed(1)} MB, mono,
      16 kHz, 8-bit µ-law): share the page as you would share the recording.`
    : html`The recording is not in this page. It plays
        <a href="${source.href}"><bdi>${name}</bdi></a> from its place on this disk: keep both where
        they are.`;
  return html`<div class="player">
      <audio
        controls
        preload="metadata"
        src="${isEmbedded ? source.uri : source.href}"
        aria-label="${name}"
      ></audio>
      <p class="problem" role="alert" hidden>
        This browser cannot play the file. Open it in another player.
      </p>
    </div>
    <p class="lead">${note}</p>
    <p class="lead keys" hidden>
      A click on a time or lane plays it. Keys: <kbd>space</kbd> play or pause, <kbd>←</kbd>
      <kbd>→</kbd> 5 seconds, <kbd>J</kbd> <kbd>K</kbd> next and previous utterance, <kbd>+</kbd>
      <kbd>−</kbd> zoom.
    </p>`;
}
