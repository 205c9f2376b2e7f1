/** Style rules of pages of recordings, beside those of all pages. */
export const recordingStyle = `
main, header, footer { max-width: 72rem; }
a { color: var(--accent); }
[hidden] { display: none !important; }
.definitions { position: absolute; }
.swatch { vertical-align: -.12em; border-radius: 2px; outline: 1px solid var(--line); }
.abstained { fill: none; stroke: var(--muted); stroke-dasharray: 3 3; }
.bar { display: block; width: 10rem; margin-left: auto; height: 1rem; border-radius: 2px; background: var(--soft); }
.zoom { float: right; margin-top: -2.1rem; display: flex; gap: .35rem; }
button { font: inherit; color: var(--ink); background: var(--soft); border: 1px solid var(--line); border-radius: 4px; cursor: pointer; }
.zoom button { width: 2.25rem; height: 2rem; line-height: 1; }
button:disabled { opacity: .45; cursor: default; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.scroll { overflow-x: auto; margin-top: .75rem; border: 1px solid var(--line); border-radius: 4px; }
.inner { position: relative; min-width: 100%; padding-bottom: .5rem; cursor: pointer; }
.axis { position: relative; height: 1.5rem; overflow: hidden; border-bottom: 1px solid var(--line); color: var(--muted); font-size: .75rem; font-variant-numeric: tabular-nums; }
.axis span { position: absolute; top: 0; bottom: 0; padding: .15rem .3rem; border-left: 1px solid var(--line); }
.lane { padding-top: .5rem; }
.lane h3 { position: sticky; left: .6rem; width: max-content; max-width: 90%; margin: 0 .6rem .2rem; font-size: .85rem; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.wave { display: block; width: 100%; height: 4rem; }
.wave path { fill: var(--accent); stroke: var(--accent); stroke-width: 1; }
.strip { display: block; width: 100%; height: 28px; background: var(--soft); }
.cursor { position: absolute; top: 0; bottom: 0; width: 2px; margin-left: -1px; background: var(--second); pointer-events: none; }
.legend { display: flex; flex-wrap: wrap; gap: .3rem 1.25rem; margin: .75rem 0 0; padding: 0; list-style: none; font-size: .9rem; }
.player { position: sticky; top: 0; z-index: 1; margin-top: 1rem; padding: .5rem 0; background: var(--paper); }
.player audio { display: block; width: 100%; height: 2.75rem; }
.problem { color: var(--warn-ink); }
kbd { padding: 0 .3em; border: 1px solid var(--line); border-radius: 3px; background: var(--soft); font: .85em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.keys, .player + .lead { font-size: .875rem; max-width: none; }
.transcript { margin: .75rem 0 0; padding: 0; list-style: none; }
.transcript li { display: flex; flex-wrap: wrap; gap: .1rem .9rem; padding: .5rem .6rem; border-bottom: 1px solid var(--line); scroll-margin: 5rem 0 1rem; }
.transcript li:target { background: var(--soft); }
.transcript li[aria-current] { background: var(--soft); box-shadow: inset 3px 0 var(--second); }
.transcript .time { min-width: 4.2rem; font-variant-numeric: tabular-nums; }
.transcript .speaker { min-width: 6rem; font-weight: 600; }
.transcript .emotion { min-width: 9rem; }
.transcript .emotion small { color: var(--muted); }
.transcript p { flex-basis: 100%; max-width: 46rem; margin: 0; overflow-wrap: anywhere; }
.transcript .note { color: var(--muted); font-size: .875rem; }
.text { text-align: left; }
.filter { display: flex; gap: 1rem; align-items: center; margin: 1rem 0 .5rem; }
input { font: inherit; width: min(100%, 20rem); padding: .3rem .6rem; color: var(--ink); background: var(--soft); border: 1px solid var(--line); border-radius: 4px; }
/* A shadow at the right end, until the last column is seen. */
.list { max-height: 85vh; overflow: auto; margin-top: 0; background: linear-gradient(to left, var(--paper) 40%, transparent) right / 4rem 100% no-repeat local, linear-gradient(to left, color-mix(in srgb, var(--ink) 30%, transparent), transparent) right / 1.4rem 100% no-repeat scroll; }
.list thead th { position: sticky; top: 0; z-index: 2; background: var(--paper); }
.list th:first-child { position: sticky; left: 0; z-index: 1; min-width: min(14rem, 40vw); max-width: 24rem; background: var(--paper); white-space: normal; overflow-wrap: anywhere; }
.list thead th:first-child { z-index: 3; }
.list th button { padding: 0; border: 0; background: none; color: inherit; opacity: 1; }
.list th button:enabled:hover { color: var(--ink); text-decoration: underline; }
[aria-sort] button::after { content: " ▲"; font-size: .7em; }
[aria-sort="descending"] button::after { content: " ▼"; }
.list details { margin: 0; }
.list details[open] { white-space: normal; min-width: 20rem; }
.moments td:last-child, .moments th:last-child { text-align: left; white-space: normal; }
@media (min-width: 60rem) {
  .transcript p { flex: 1 1 26rem; }
  .transcript .note { flex-basis: 100%; margin-left: 5.1rem; }
}
@media print {
  .player, .keys, .zoom, .cursor { display: none !important; }
  .inner { width: 100% !important; }
  .wide { overflow: visible; }
  table { font-size: 7.5pt; }
  th, td { padding-left: .5rem; white-space: normal; }
  .bar { width: 5rem; }
  .list { max-height: none; overflow: visible; }
  .filter { display: none; }
  .transcript li, .lane { break-inside: avoid; }
}
`;

/** Style rules of a list, which may be as wide as the screen. */
export const listStyle = `${recordingStyle}
main, header, footer { max-width: 110rem; }
@page { size: landscape; }
@media print { .list table { font-size: 6pt; } .list th:first-child { min-width: 0; } }
@media (max-width: 40rem) { .list th:first-child { max-width: 10rem; } }
`;
