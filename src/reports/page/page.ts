import { html, Html } from "./html.ts";
import type { InlineScript } from "./script.ts";
import { style } from "./style.ts";

/** What a report page holds. */
interface Page {
  readonly title: string;
  readonly header: Html;
  readonly sections: readonly Html[];
  readonly footer: Html;
  /** Style rules beside those of all pages. */
  readonly rules?: string;
  readonly script?: InlineScript;
}

/** The foot of a run's pages. */
export const runFooter = html`Written by <b>undertone</b> from the run folder;
  <code>undertone evaluate</code> computes every number again.`;

/** Returns one page without network requests, for light, dark, phone and paper. */
export function renderPage(given: Page): string {
  const { title, header, sections, footer, rules = "", script } = given;
  const media = script ? "data: file: 'self'" : "data:";
  const policy = `default-src 'none'; img-src data:; media-src ${media}; style-src 'unsafe-inline'`;
  const page: Html = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="generator" content="undertone" />
        <meta
          http-equiv="Content-Security-Policy"
          content="${new Html(script ? `${policy}; ${script.policy}` : policy)}"
        />
        <title>${title}</title>
        <style>
          ${new Html(style + rules)}
        </style>
      </head>
      <body>
        ${header}
        <main>${sections}</main>
        <footer>${footer}</footer>
        ${script?.element}
      </body>
    </html> `;
  return page.text;
}
