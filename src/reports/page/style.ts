/** The style sheet of a report: system fonts, one accent, light and dark, desktop, phone and paper. */
export const style = `
:root {
  color-scheme: light dark;
  --ink: #1c2024; --paper: #fff; --soft: #f5f6f4; --line: #d9dde0; --muted: #626a72;
  --accent: #2b6a86; --second: #b65332; --grid: #e3e6e8;
  --warn-ink: #7a1f12; --warn-paper: #fdeeea; --warn-line: #c8432b;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6e8ea; --paper: #15181b; --soft: #1d2125; --line: #343a40; --muted: #9aa3ab;
    --accent: #6db3d0; --second: #e58a66; --grid: #2b3136;
    --warn-ink: #ffd3c8; --warn-paper: #3a1a14; --warn-line: #e0644b;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 system-ui, -apple-system, "Segoe UI", "Helvetica Neue", Arial, sans-serif;
}
main, header, footer { max-width: 56rem; margin: 0 auto; padding: 0 1.25rem; }
header { padding-top: 3rem; }
.kicker { margin: 0; color: var(--muted); font-size: .875rem; }
h1 { margin: .1rem 0 .3rem; font-size: 2rem; line-height: 1.2; letter-spacing: -.015em; overflow-wrap: anywhere; }
h2 { margin: 3.5rem 0 .25rem; padding-top: 1.1rem; border-top: 1px solid var(--line); font-size: 1.3rem; letter-spacing: -.01em; }
h3 { margin: 0 0 .15rem; font-size: 1rem; }
p { margin: .35rem 0; max-width: 42rem; }
.lead { color: var(--muted); }
section > h3 { margin-top: 2rem; }
.splits { margin-top: 1.5rem; }
.figures .wide { margin-top: 0; }
.wide .lead { font-size: .9rem; }
.banner {
  margin: 1.5rem 0 0; padding: .9rem 1.1rem; max-width: none; border: 1px solid var(--warn-line);
  border-left-width: 6px; background: var(--warn-paper); color: var(--warn-ink); border-radius: 4px;
}
.banner strong { display: block; font-size: 1.1rem; }
.headline { display: grid; grid-template-columns: minmax(15rem, 1.3fr) 2fr; gap: 1.5rem 3rem; margin: 2rem 0 0; align-items: end; }
.headline .score { margin: 0; font-size: 4.25rem; font-weight: 650; line-height: 1; letter-spacing: -.035em; font-variant-numeric: tabular-nums; }
.headline .score small { font-size: 1.6rem; font-weight: 400; letter-spacing: 0; color: var(--muted); }
.headline .what { margin: 0 0 .4rem; font-weight: 600; }
.headline .interval { margin: .6rem 0 0; color: var(--muted); font-size: .9rem; }
.numbers { display: grid; grid-template-columns: repeat(2, 1fr); gap: 1rem 1.75rem; margin: 0; }
.numbers div { border-top: 2px solid var(--line); padding-top: .4rem; }
.numbers dt { color: var(--muted); font-size: .875rem; }
.numbers dd { margin: 0; font-size: 1.35rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.numbers dd small { font-size: .85rem; font-weight: 400; color: var(--muted); white-space: nowrap; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 23rem), 1fr)); gap: 2rem 2.5rem; margin-top: 1.25rem; align-items: start; }
.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr)); gap: 1.25rem; }
figure { margin: 0; min-width: 0; }
figure svg { display: block; max-width: 100%; height: auto; margin-top: .5rem; }
figcaption { color: var(--muted); font-size: .9rem; }
figcaption h3 { color: var(--ink); }
.key { display: inline-block; width: 1.5em; height: 0; border-top: 3px solid; vertical-align: .25em; margin-right: .1em; }
.key.train, .key.before { border-color: var(--muted); border-top-style: dashed; }
.key.validation, .key.after { border-color: var(--accent); }
.key.mark { border-color: var(--second); border-top-style: dotted; }
.wide { overflow-x: auto; margin-top: 1.25rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; font-size: 1rem; padding-bottom: .35rem; }
th, td { padding: .35rem 0 .35rem .9rem; text-align: right; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; padding-left: 0; }
.figures th, .figures td { padding-left: .6rem; }
.figures th:first-child { padding-left: 0; }
thead th { color: var(--muted); font-weight: 500; }
tbody th { font-weight: 500; }
.errors { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 12rem), 1fr)); gap: 1.5rem; margin-top: 1.25rem; padding: 0; list-style: none; }
.errors img { display: block; width: 100%; height: 8rem; border-radius: 3px; background: #000004; image-rendering: auto; }
.errors audio { display: block; width: 100%; height: 2.25rem; margin-top: .5rem; }
.errors figcaption { padding-top: .4rem; }
.errors b { color: var(--ink); font-weight: 600; }
code, pre { font: .85rem/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.errors code { display: block; overflow-wrap: anywhere; font-size: .78rem; }
pre { margin: .75rem 0; padding: .9rem 1rem; background: var(--soft); border-radius: 4px; white-space: pre-wrap; overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: .3rem 1.5rem; margin: 1rem 0; font-size: .95rem; }
.facts dt { color: var(--muted); }
.facts dd { margin: 0; overflow-wrap: anywhere; }
details { margin-top: 1.25rem; }
summary { cursor: pointer; color: var(--accent); width: max-content; max-width: 100%; }
summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 3px; }
footer { margin-top: 3.5rem; padding-top: 1rem; padding-bottom: 3rem; color: var(--muted); font-size: .875rem; }
@media (max-width: 40rem) {
  header { padding-top: 1.75rem; }
  h1 { font-size: 1.6rem; }
  h2 { margin-top: 2.5rem; }
  .headline { grid-template-columns: 1fr; }
  .headline .score { font-size: 3.5rem; }
  .numbers { gap: .75rem 1.25rem; }
  .numbers dd { font-size: 1.2rem; }
  .numbers dd small { display: block; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts dd { margin-bottom: .6rem; }
}
@media print {
  :root { color-scheme: light; --ink: #000; --paper: #fff; --soft: #f4f4f4; --line: #ccc; --muted: #555; --accent: #2b6a86; --second: #b65332; --grid: #ddd; --warn-ink: #7a1f12; --warn-paper: #fff; --warn-line: #c8432b; }
  body { font-size: 10.5pt; }
  main, header, footer { max-width: none; padding: 0; }
  h2 { break-after: avoid; margin-top: 1.5rem; }
  figure, tr, .errors li, .headline { break-inside: avoid; }
  * { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
