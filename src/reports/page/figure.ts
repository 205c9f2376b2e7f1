import type { Estimate } from "../../evaluation/bootstrap.ts";
import { percent } from "../../evaluation/metrics.ts";
import { html, Html } from "./html.ts";

/** Returns a titled figure around a chart. */
export function figure(title: string, caption: string | Html | undefined, svg: string): Html {
  return html`<figure>
    <figcaption>
      <h3>${title}</h3>
      ${caption}
    </figcaption>
    ${new Html(svg)}
  </figure>`;
}

/** What a table holds; the first cell of a row is its heading. */
interface Table {
  readonly caption: string;
  readonly header: readonly string[];
  readonly rows: readonly (readonly (string | number | Html)[])[];
  /** A sentence below the table. */
  readonly note?: string | undefined;
}

/** Returns a table that scrolls where the screen is narrow. */
export function table({ caption, header, rows, note }: Table): Html {
  return html`<div class="wide">
    <table>
      <caption>
        ${caption}
      </caption>
      <thead>
        <tr>
          ${header.map((title) => html`<th scope="col">${title}</th>`)}
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ([heading = "", ...cells]) =>
            html`<tr>
              <th scope="row">${heading}</th>
              ${cells.map((cell) => html`<td>${cell}</td>`)}
            </tr>`,
        )}
      </tbody>
    </table>
    ${note === undefined ? undefined : html`<p class="lead">${note}</p>`}
  </div>`;
}

/** Returns the start of a caption of bars, which says whether they have intervals. */
export const intervalsCaption = (scores: readonly Estimate[]): string =>
  scores.some(({ low }) => low !== undefined) ? "With 95 % intervals; the" : "The";

/** Returns a 95 % interval in per cent, such as `58.0 to 66.1`. */
export const range = ({ low, high }: Estimate): string =>
  low === undefined || high === undefined ? "–" : `${percent(low)} to ${percent(high)}`;
