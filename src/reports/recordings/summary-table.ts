import type { Analysis } from "../../recognition/analysis.ts";
import { toMs, toPlaces } from "../../recognition/places.ts";
import { silenceOf, speakerRows } from "./speaker-rows.ts";

export type SummaryCell = string | number | boolean | null;

/** One recording: what came of analyzing it, and the values of its fields. */
export interface SummaryInput {
  readonly file: string;
  readonly outcome: Analysis | { readonly error: { readonly message: string } };
  readonly fields: readonly string[];
}

const before = ["file", "speaker", "channel"] as const;
const times = ["durationSec", "talkSec", "talkShare", "silenceSec", "overlapSec"] as const;
const after = [
  "negative",
  "neutral",
  "positive",
  "strongestNegativeSec",
  "strongestNegative",
  "negativeTrend",
  "abstained",
  "language",
  "incomplete",
  "warnings",
  "error",
] as const;

const ownColumns: ReadonlySet<string> = new Set([...before, ...times, ...after]);

const shareOf = (label: string): string => `share_${label}`;

/** Whether a column is the summary's own, whatever the labels of the model are. */
export function isOwnColumn(name: string): boolean {
  return ownColumns.has(name) || name.startsWith(shareOf(""));
}

/** Returns the columns of a summary. */
export function summaryColumns(labels: readonly string[], fields: readonly string[]): string[] {
  return [...before, ...fields, ...times, ...labels.map(shareOf), ...after];
}

/** Returns a recording's rows [speaker][column]; one with the error for a file that failed. */
export function summaryRows(
  { file, outcome, fields }: SummaryInput,
  labels: readonly string[],
): SummaryCell[][] {
  if ("error" in outcome) {
    const empty = [...times, ...labels, ...after.slice(1)].map(() => null);
    return [[file, null, null, ...fields, ...empty, outcome.error.message]];
  }
  const { durationSec, incomplete, warnings } = outcome;
  const silenceSec = silenceOf(outcome);
  return speakerRows(outcome).map((row) => {
    const { summary, polarity, strongestNegative, talkShare, negativeTrend, abstainedShare } = row;
    return [
      file,
      row.speaker,
      row.channel,
      ...fields,
      durationSec,
      summary.speechSec,
      rounded(talkShare),
      toMs(silenceSec),
      row.overlapSec,
      ...labels.map((label) => summary.shares[label] ?? null),
      polarity?.negative ?? null,
      polarity?.neutral ?? null,
      polarity?.positive ?? null,
      strongestNegative?.startSec ?? null,
      strongestNegative?.score ?? null,
      rounded(negativeTrend),
      rounded(abstainedShare),
      row.language,
      incomplete !== null,
      warnings.join(" "),
      null,
    ];
  });
}

const rounded = (share: number | null): number | null => (share === null ? null : toPlaces(share));
