import { html, Html } from "./html.ts";
import { style } from "./style.ts";

/** What a report page holds. */
interface Page {
  readonly title: string;
  readonly header: Html;
  readonly sections: readonly Html[];
}

/** Returns one page without network requests, for light, dark, phone and paper. */
export function renderPage({ title, header, sections }: Page): string {
  const page: Html = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="generator" content="undertone" />
        <meta
          http-equiv="Content-Security-Policy"
          content="default-src 'none'; img-src data:; media-src data:; style-src 'unsafe-inline'"
        />
        <title>${title}</title>
        <style>
          ${styleSheet}
        </style>
      </head>
      <body>
        ${header}
        <main>${sections}</main>
        <footer>
          Written by <b>undertone</b> from the run folder; <code>undertone evaluate</code> computes
          every number again.
        </footer>
      </body>
    </html> `;
  return page.text;
}

const styleSheet = new Html(style);
