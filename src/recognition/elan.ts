import { withoutControls } from "../shared/controls.ts";
import type { Tier } from "./tiers.ts";

/** Characters, beside controls, that XML 1.0 cannot hold. */
const impossible = /[\uFFFE\uFFFF]|\p{Cs}/gu;

const possible = (text: string): string => withoutControls(text).replaceAll(impossible, "\uFFFD");

const escaped = (text: string): string =>
  possible(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("\t", "&#9;")
    .replaceAll("\n", "&#10;")
    .replaceAll("\r", "&#13;");

interface ElanOptions {
  /** Name of the recording's file, beside which the document is kept. */
  readonly file: string;
  /** When it was written. */
  readonly date: Date;
}

/**
 * Returns tiers as a document of ELAN (`.eaf`); intervals without text are left out, and names that occur twice are numbered.
 * @see https://www.mpi.nl/tools/elan/EAF_Annotation_Format_3.0_and_ELAN.pdf
 */
export function toElan(tiers: readonly Tier[], { file, date }: ElanOptions): string {
  const address = escaped(encodeURI(possible(file)).replaceAll(/[#?]/g, encodeURIComponent));
  const slots: string[] = [];
  const slot = (seconds: number): string => {
    const id = `ts${slots.length + 1}`;
    slots.push(
      `        <TIME_SLOT TIME_SLOT_ID="${id}" TIME_VALUE="${Math.round(1000 * seconds)}"/>\n`,
    );
    return id;
  };
  let annotations = 0;
  const names = new Set<string>();
  const written = tiers.map(({ name, intervals }) => {
    const said = intervals.filter(({ text }) => text !== "");
    const elements = said.map(
      ({ startSec, endSec, text }) =>
        `        <ANNOTATION>\n` +
        `            <ALIGNABLE_ANNOTATION ANNOTATION_ID="a${++annotations}" TIME_SLOT_REF1="${slot(startSec)}" TIME_SLOT_REF2="${slot(endSec)}">\n` +
        `                <ANNOTATION_VALUE>${escaped(text)}</ANNOTATION_VALUE>\n` +
        `            </ALIGNABLE_ANNOTATION>\n` +
        `        </ANNOTATION>\n`,
    );
    const id = escaped(distinct(name, names));
    return `    <TIER LINGUISTIC_TYPE_REF="default-lt" TIER_ID="${id}">\n${elements.join("")}    </TIER>\n`;
  });
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n` +
    `<ANNOTATION_DOCUMENT AUTHOR="" DATE="${date.toISOString()}" FORMAT="3.0" VERSION="3.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="http://www.mpi.nl/tools/elan/EAFv3.0.xsd">\n` +
    `    <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">\n` +
    `        <MEDIA_DESCRIPTOR MEDIA_URL="${address}" MIME_TYPE="audio/*" RELATIVE_MEDIA_URL="./${address}"/>\n` +
    `    </HEADER>\n` +
    `    <TIME_ORDER>\n${slots.join("")}    </TIME_ORDER>\n` +
    written.join("") +
    `    <LINGUISTIC_TYPE GRAPHIC_REFERENCES="false" LINGUISTIC_TYPE_ID="default-lt" TIME_ALIGNABLE="true"/>\n` +
    `</ANNOTATION_DOCUMENT>\n`
  );
}

function distinct(name: string, names: Set<string>): string {
  let free = name;
  for (let count = 2; names.has(free); count++) free = `${name} (${count})`;
  names.add(free);
  return free;
}
