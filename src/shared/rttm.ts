import { withoutControls } from "./controls.ts";
import { UndertoneError } from "./errors.ts";
import { addTo } from "./group.ts";
import { joinTurns, type Turn } from "./turns.ts";

/** Types of lines that RTTM has beside those of speakers. */
const otherTypes = new Set([
  "SEGMENT",
  "NOSCORE",
  "NO_RT_METADATA",
  "LEXEME",
  "NON-LEX",
  "NON-SPEECH",
  "FILLER",
  "EDIT",
  "IP",
  "SU",
  "CB",
  "A/P",
  "SPKR-INFO",
]);
const mostNamed = 5;

/**
 * Reads RTTM: the turns of each recording by its name, of all its channels, ordered by start. Comments, empty lines and types other
 * than SPEAKER are left out.
 * @throws UndertoneError `dataset-invalid`, which names the lines that cannot be read
 * @see NIST, "The 2009 (RT-09) Rich Transcription Meeting Recognition Evaluation Plan", appendix A
 */
export function parseRttm(text: string, path?: string): Map<string, Turn[]> {
  const turns = new Map<string, Turn[]>();
  const problems: { readonly line: number; readonly problem: string }[] = [];
  for (const [index, content] of text
    .replace(/^\uFEFF/, "")
    .split(/\r\n|\r|\n/)
    .entries()) {
    const fields = content.trim().split(/\s+/);
    const [type = ""] = fields;
    if (type === "" || /^(;;|#)/.test(type) || otherTypes.has(type.toUpperCase())) continue;
    const turn = turnOf(fields);
    if (typeof turn === "string") problems.push({ line: index + 1, problem: turn });
    else addTo(turns, fields[1]!, turn);
  }
  if (problems.length > 0) throw unreadable(problems, path);
  return new Map([...turns].map(([recording, all]) => [recording, joinTurns(all)]));
}

/** The turn of a line, or what is wrong with it. */
function turnOf(fields: readonly string[]): Turn | string {
  const [type, , , start, duration, , , speaker] = fields;
  if (type!.toUpperCase() !== "SPEAKER") return `it begins with "${type}" in place of SPEAKER`;
  if (speaker === undefined) return `it has ${fields.length} fields, at least 8 are needed`;
  const startSec = Number(start);
  const lengthSec = Number(duration);
  if (!Number.isFinite(startSec) || startSec < 0) return `its start is "${start}"`;
  if (!Number.isFinite(lengthSec) || lengthSec < 0) return `its duration is "${duration}"`;
  return { startSec, endSec: startSec + lengthSec, speaker };
}

function unreadable(
  problems: readonly { readonly line: number; readonly problem: string }[],
  path: string | undefined,
): UndertoneError {
  const named = problems
    .slice(0, mostNamed)
    .map(({ line, problem }) => `line ${line}: ${problem}`)
    .join("; ");
  const rest = problems.length > mostNamed ? `; and ${problems.length - mostNamed} more` : "";
  return new UndertoneError(
    "dataset-invalid",
    `${path ?? "This RTTM"} cannot be read: ${named}${rest}. A line is: SPEAKER file 1 start duration <NA> <NA> speaker <NA> <NA>`,
    { path, line: problems[0]!.line },
  );
}

/** Returns turns as RTTM, in milliseconds, ordered by start. Spaces in names become underscores, for which RTTM has no other way. */
export function formatRttm(recording: string, turns: readonly Turn[]): string {
  return joinTurns(turns)
    .map(({ startSec, endSec, speaker }) => {
      const [start, duration] = [startSec, endSec - startSec].map((sec) => sec.toFixed(3));
      return `SPEAKER ${nameOf(recording)} 1 ${start} ${duration} <NA> <NA> ${nameOf(speaker)} <NA> <NA>\n`;
    })
    .join("");
}

const nameOf = (text: string): string =>
  withoutControls(text).trim().replaceAll(/\s+/g, "_") || "_";

/**
 * Returns the turns of one recording: those under its name, with or without its extension, or of the only recording that there is.
 * @throws UndertoneError `dataset-invalid` where it is not among several
 */
export function turnsOf(
  recordings: Readonly<Record<string, readonly Turn[]>>,
  file: string,
): readonly Turn[] {
  const whole = file.replaceAll("\\", "/").split("/").at(-1)!.replaceAll(/\s+/g, "_");
  const base = whole.replace(/\.[^.]+$/, "");
  const found = [base, whole].find((name) => Object.hasOwn(recordings, name));
  if (found !== undefined) return recordings[found]!;
  const all = Object.keys(recordings);
  if (all.length === 1) return recordings[all[0]!]!;
  const names = all.slice(0, mostNamed).join(", ");
  const message = `The RTTM has no turns of ${base}; it has those of ${names || "nobody"}.`;
  throw new UndertoneError("dataset-invalid", message);
}
