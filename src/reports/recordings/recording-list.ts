import type { Analysis } from "../../recognition/analysis.ts";
import { clock } from "../../shared/clock.ts";
import { html, type Html } from "../page/html.ts";
import { renderPage } from "../page/page.ts";
import { inlineScript } from "../page/script.ts";
import { EmotionPatterns } from "./emotion-patterns.ts";
import { listScript } from "./list-script.ts";
import { momentsSection, type MomentsInput } from "./moments-section.ts";
import { pageFooter, safeName } from "./recording-page.ts";
import { listStyle } from "./recording-style.ts";
import { speakerRows, type SpeakerRow } from "./speaker-rows.ts";
import { anchorOf, leastShown, trendText, wholePercent } from "./speaker-table.ts";
import { languageName } from "./transcript-section.ts";

/** A recording in a list. */
export interface ListedRecording {
  /** Shown for the file: its path below what was analyzed. */
  readonly name: string;
  /** Link to its page. */
  readonly href: string;
  readonly fields: readonly string[];
  readonly analysis: Analysis;
}

/** A cell, and the number that it is sorted by; by its text where there is none. */
interface Cell {
  readonly shown: string | Html;
  readonly value?: number | undefined;
}

interface Column {
  readonly title: string;
  readonly isText?: boolean;
}

/** A list of recordings, in memory a few numbers for each. */
export class RecordingList {
  readonly #fields: readonly string[];
  readonly #rows: Cell[][] = [];
  readonly #failures: { readonly name: string; readonly message: string }[] = [];
  #labels: readonly string[] = [];
  #patterns = new EmotionPatterns([]);
  #recordings = 0;
  #totalSec = 0;

  /** @param fields names of what is known of recordings beside their sound */
  constructor(fields: readonly string[]) {
    this.#fields = fields;
  }

  add(recording: ListedRecording): void {
    const { analysis } = recording;
    if (this.#labels.length === 0) {
      this.#labels = Object.keys(analysis.summary.shares);
      this.#patterns = new EmotionPatterns(this.#labels);
    }
    this.#recordings++;
    this.#totalSec += analysis.durationSec;
    for (const row of speakerRows(analysis)) this.#rows.push(this.#cellsOf(recording, row));
  }

  addFailure(name: string, message: string): void {
    this.#failures.push({ name: safeName(name), message });
  }

  /** Returns the page; columns without content are left out. */
  async render(title: string, moments?: MomentsInput): Promise<string> {
    const columns = this.#columns();
    const kept = columns.flatMap((_, n) =>
      n === 0 || this.#rows.some((row) => row[n]!.shown !== "") ? [n] : [],
    );
    const failed = this.#failures.length;
    return renderPage({
      title: `${safeName(title)}: emotion in speech`,
      header: html`<header>
        <p class="kicker">Emotion in speech</p>
        <h1><bdi>${safeName(title)}</bdi></h1>
        <p class="lead">
          ${this.#recordings} ${this.#recordings === 1 ? "recording" : "recordings"} ·
          ${clock(this.#totalSec)}${failed > 0 ? ` · ${failed} failed` : ""}
        </p>
      </header>`,
      sections: [
        this.#patterns.definitions(),
        html`<section>
          <h2>Recordings</h2>
          <ul class="legend" aria-label="Emotions">
            ${this.#labels.map((label) => html`<li>${this.#patterns.swatch(label)} ${label}</li>`)}
          </ul>
          <p class="filter">
            <input type="search" placeholder="Filter" aria-label="Filter rows" hidden />
            <span class="count lead" role="status"></span>
          </p>
          <div class="wide list" tabindex="0" role="region" aria-label="Table of recordings">
            <table>
              <thead>
                <tr>
                  ${kept.map((n) => heading(columns[n]!))}
                </tr>
              </thead>
              <tbody>
                ${this.#rows.map(
                  (row) =>
                    html`<tr>
                      ${kept.map((n) => cell(row[n]!, columns[n]!, n))}
                    </tr>`,
                )}
              </tbody>
            </table>
          </div>
          <p class="lead">
            Shares are of the time with a reported emotion. Trend: change of the negative share from
            the first to the last third, in percentage points. Abstained: share of the speech for
            which no emotion is reported.
          </p>
        </section>`,
        moments && momentsSection(moments),
        this.#failureSection(),
      ].filter((section) => section !== undefined),
      footer: pageFooter,
      rules: listStyle,
      script: await inlineScript(listScript),
    });
  }

  #columns(): Column[] {
    return [
      { title: "Recording", isText: true },
      { title: "Speaker", isText: true },
      { title: "Emotions" },
      ...["Negative", "Most negative at", "Trend", "Positive"].map((title) => ({
        title,
      })),
      ...this.#fields.map((title) => ({ title, isText: true })),
      ...["Length", "Talk time", "Share of talk", "Overlap"].map((title) => ({ title })),
      ...this.#labels.map((title) => ({ title })),
      { title: "Abstained" },
      { title: "Language", isText: true },
      { title: "Notes", isText: true },
    ];
  }

  #cellsOf({ name, href, fields, analysis }: ListedRecording, row: SpeakerRow): Cell[] {
    const { summary, polarity, strongestNegative: worst, negativeTrend, speaker } = row;
    const areSeveral = analysis.speakers.length > 1;
    const moment =
      worst &&
      worst.score >= leastShown &&
      html`<a href="${href}#${anchorOf(worst.startSec)}">${clock(worst.startSec)}</a>
        (${wholePercent(worst.score)})`;
    return [
      { shown: html`<a href="${href}"><bdi>${safeName(name)}</bdi></a>` },
      text(speaker ?? ""),
      { shown: this.#patterns.bar(summary.shares), value: polarity?.negative },
      share(polarity && polarity.negative),
      moment ? { shown: moment, value: worst.score } : nothing,
      negativeTrend === null ? nothing : { shown: trendText(negativeTrend), value: negativeTrend },
      share(polarity && polarity.positive),
      ...fields.map(text),
      time(analysis.durationSec),
      time(summary.speechSec),
      areSeveral ? share(row.talkShare) : nothing,
      areSeveral ? time(row.overlapSec) : nothing,
      ...this.#labels.map((label) => {
        const value = summary.shares[label] ?? 0;
        return { shown: value > 0 ? wholePercent(value) : "", value };
      }),
      share(row.abstainedShare),
      { shown: row.language === null ? "" : languageName(row.language) },
      { shown: notesOf(analysis) },
    ];
  }

  #failureSection(): Html | undefined {
    if (this.#failures.length === 0) return undefined;
    return html`<section>
      <h2>Not analyzed</h2>
      <dl class="facts">
        ${this.#failures.map(
          ({ name, message }) =>
            html`<dt><bdi>${name}</bdi></dt>
              <dd><bdi>${message}</bdi></dd>`,
        )}
      </dl>
    </section>`;
  }
}

const nothing: Cell = { shown: "" };

const time = (sec: number): Cell => ({ shown: clock(sec), value: sec });

const share = (value: number | null): Cell =>
  value === null ? nothing : { shown: wholePercent(value), value };

const text = (value: string): Cell => ({
  shown: value === "" ? "" : html`<bdi>${value}</bdi>`,
});

function notesOf({ incomplete, warnings }: Analysis): string | Html {
  const notes = [...(incomplete ? ["Incomplete."] : []), ...warnings];
  if (notes.length === 0) return "";
  return html`<details>
    <summary>${notes.length}</summary>
    ${notes.join(" ")}
  </details>`;
}

const heading = ({ title, isText = false }: Column): Html =>
  html`<th scope="col" data-sort="${isText ? "text" : "number"}" class="${isText ? "text" : ""}">
    <button type="button" disabled>${title}</button>
  </th>`;

function cell({ shown, value }: Cell, { isText = false }: Column, n: number): Html {
  if (n === 0) return html`<th scope="row">${shown}</th>`;
  if (isText) return html`<td class="text">${shown}</td>`;
  return value === undefined
    ? html`<td>${shown}</td>`
    : html`<td data-value="${value}">${shown}</td>`;
}
