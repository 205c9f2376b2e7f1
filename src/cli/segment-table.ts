import type { Segment } from "../recognition/analysis.ts";
import type { FileResult } from "../recognition/file-result.node.ts";
import type { Cell } from "../shared/csv-cells.ts";

/** What a row is made of: a segment, or the failure of its file. */
interface RowSource {
  readonly file: string;
  readonly segment?: Segment;
  readonly error?: string;
}

/** A column of the table of segments. */
export interface SegmentColumn {
  readonly name: string;
  readonly type: "STRING" | "DOUBLE" | "INT32" | "BOOLEAN";
  /** The value in a row; `null` for what a segment does not have, and after a failure. */
  of(source: RowSource): Cell;
}

const ofSegment = (
  name: string,
  type: SegmentColumn["type"],
  of: (segment: Segment) => Cell | undefined,
): SegmentColumn => ({ name, type, of: ({ segment }) => (segment && of(segment)) ?? null });

const before: readonly SegmentColumn[] = [
  { name: "file", type: "STRING", of: ({ file }) => file },
  ofSegment("startSec", "DOUBLE", ({ startSec }) => startSec),
  ofSegment("endSec", "DOUBLE", ({ endSec }) => endSec),
  ofSegment("channel", "INT32", ({ channel }) => channel),
  ofSegment("speaker", "STRING", ({ speaker }) => speaker),
  ofSegment("emotion", "STRING", ({ emotion }) => emotion),
  ofSegment("confidence", "DOUBLE", ({ confidence }) => confidence),
  { name: "error", type: "STRING", of: ({ error = null }) => error },
];
const after: readonly SegmentColumn[] = [
  ofSegment("text", "STRING", ({ text }) => text),
  ofSegment("voice", "STRING", ({ voice }) => voice?.emotion),
  ofSegment("voiceConfidence", "DOUBLE", ({ voice }) => voice?.confidence),
  ofSegment("words", "STRING", ({ words }) => words?.emotion),
  ofSegment("wordsConfidence", "DOUBLE", ({ words }) => words?.confidence),
  ofSegment("transcriptConfidence", "DOUBLE", ({ words }) => words?.transcriptConfidence),
  ofSegment("disagree", "BOOLEAN", ({ disagree }) => disagree),
  ofSegment("intensity", "DOUBLE", ({ intensity }) => intensity),
  ofSegment("negative", "DOUBLE", ({ polarity }) => polarity?.negative),
  ofSegment("positive", "DOUBLE", ({ polarity }) => polarity?.positive),
  ofSegment("oodScore", "DOUBLE", ({ oodScore }) => oodScore),
  ofSegment("abstained", "STRING", ({ abstained }) => abstained),
];

/** Returns the columns of the table of segments, with one `p_` for the probability of each label. */
export function segmentColumns(labels: readonly string[]): SegmentColumn[] {
  const probabilities = labels.map((label) =>
    ofSegment(`p_${label}`, "DOUBLE", (segment) => segment.probabilities?.[label]),
  );
  return [...before, ...probabilities, ...after];
}

/** Returns a row for each segment of a result, or the one row of its failure. */
export function segmentRows(result: FileResult, columns: readonly SegmentColumn[]): Cell[][] {
  const { file } = result;
  const sources: readonly RowSource[] =
    "error" in result
      ? [{ file, error: result.error.message }]
      : result.segments.map((segment) => ({ file, segment }));
  return sources.map((source) => columns.map((column) => column.of(source)));
}
