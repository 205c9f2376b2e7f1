import { statedOf } from "../recognition/abstention.ts";
import type {
  Abstention,
  Analysis,
  Prediction,
  Segment,
  Summary,
} from "../recognition/analysis.ts";
import type { FileResult } from "../recognition/file-result.node.ts";
import { clock } from "../shared/clock.ts";
import { percent, place } from "./show.ts";
import { formatTable } from "./table.ts";
import { terminalWidth } from "./terminal-width.ts";
import { wrap } from "./wrap.ts";

function runnerUp({ emotion, probabilities }: Segment): string {
  const others = Object.entries(probabilities ?? {}).filter(([label]) => label !== emotion);
  const [best] = others.toSorted(([, a], [, b]) => b - a);
  return best === undefined ? "" : `${best[0]} ${percent(best[1])}`;
}

function voiceTimeline(all: readonly Segment[]): string {
  const names = speakerColumn(all);
  const segments = names.header.length > 0 ? all.filter(isWorthARow) : all;
  const rows = segments.map((segment) => {
    const { startSec, endSec, confidence, abstained } = segment;
    const emotion = statedOf(segment) ?? "no speech";
    const cells = [clock(startSec), clock(endSec), ...names.of(segment), emotion];
    if (abstained !== null) return [...cells, "", labeled(segment.voice)];
    return [...cells, confidence === null ? "" : percent(confidence), runnerUp(segment)];
  });
  const table = formatTable(["from", "to", ...names.header, "emotion", "confidence", "or"], rows);
  return [table, ...legend(segments)].join("\n");
}

/** A column that says who speaks; there is none where speakers are not told apart. */
function speakerColumn(some: readonly Pick<Segment, "speaker">[]) {
  const isThere = some.some(({ speaker }) => speaker !== null);
  return {
    header: isThere ? ["speaker"] : [],
    of: ({ speaker }: Pick<Segment, "speaker">): string[] => (isThere ? [speaker ?? ""] : []),
  };
}

/** Explains the marks that a timeline has. */
function legend(segments: readonly Segment[]): string[] {
  const has = (mark: Abstention): boolean => segments.some(({ abstained }) => abstained === mark);
  const lines = [
    ...(segments.some(({ disagree }) => disagree)
      ? ["≠ voice and words disagree, and both are confident."]
      : []),
    ...(has("out-of-distribution")
      ? ["out-of-distribution: unlike the training data; no emotion is reported."]
      : []),
    ...(has("unsure") ? ["unsure: no emotion reaches --min-confidence."] : []),
  ];
  return lines.length > 0 ? ["", ...lines] : [];
}

const labeled = (prediction: Pick<Prediction, "emotion" | "confidence"> | null): string =>
  prediction === null ? "–" : `${prediction.emotion} ${percent(prediction.confidence)}`;

/** Shorter pauses between utterances are no news to a reader. */
const worthARowSec = 1;

const isWorthARow = ({ emotion, startSec, endSec }: Segment): boolean =>
  emotion !== null || endSec - startSec >= worthARowSec;

/** A row a segment with both channels, and below it the transcript. */
function wordsTimeline(all: readonly Segment[]): string {
  const segments = all.filter(isWorthARow);
  const names = speakerColumn(segments);
  const rows = segments.map((segment) => {
    const { startSec, endSec, emotion, confidence, abstained } = segment;
    const times = [clock(startSec), clock(endSec), ...names.of(segment)];
    if (emotion === null || confidence === null) return [...times, "no speech"];
    const mark = segment.disagree ? "≠" : "";
    return [
      ...times,
      abstained ?? labeled({ emotion, confidence }),
      labeled(segment.voice),
      mark,
      labeled(segment.words),
    ];
  });
  const header = ["from", "to", ...names.header, "emotion", "voice", "", "words"];
  const [head, ...lines] = formatTable(header, rows, Infinity).split("\n");
  const indent = " ".repeat(head!.indexOf("emotion"));
  const withTexts = lines.flatMap((line, i) => {
    const { text } = segments[i]!;
    if (text === "") return [line];
    return [
      line,
      ...wrap(`“${text}”`, terminalWidth() - indent.length).map((part) => indent + part),
    ];
  });
  return [head, ...withTexts, ...legend(segments)].join("\n");
}

/** What is known of a recording, or of one of its speakers. */
interface Summarized {
  readonly file: string;
  readonly speaker: string | null;
  readonly analysis: Analysis;
  readonly summary: Summary;
}

/** Returns each speaker of a recording, or all of it where speakers are not told apart. */
function summarized(file: string, analysis: Analysis): Summarized[] {
  const { speakers, summary } = analysis;
  if (speakers.length === 0) return [{ file, speaker: null, analysis, summary }];
  return speakers.map((each) => ({ file, analysis, ...each }));
}

function factsOf({ analysis, summary }: Summarized): string[] {
  const { speechSec, shares, confidence, coverage } = summary;
  const emotions = Object.entries(shares)
    .filter(([, share]) => share >= 0.05)
    .toSorted(([, a], [, b]) => b - a)
    .map(([label, share]) => (share > 0.995 ? label : `${label} ${percent(share)}`));
  return [
    clock(analysis.durationSec) + (analysis.incomplete ? " (incomplete)" : ""),
    clock(speechSec),
    speechSec > 0 ? describeShares(emotions, coverage) : "no speech",
    confidence === null ? "" : percent(confidence),
  ];
}

/** The emotions, and the share of speech that has one. */
function describeShares(emotions: readonly string[], coverage: number): string {
  if (emotions.length === 0) return "abstained";
  return emotions.join(", ") + (coverage < 1 ? ` (of ${percent(coverage)})` : "");
}

/** For people: a line for each file or speaker, and of a single file the timeline. */
export function describeAnalyses(results: readonly FileResult[]): string {
  const all = results.flatMap((result) =>
    "error" in result ? [] : summarized(result.file, result),
  );
  if (all.length === 0) return "";
  const names = speakerColumn(all);
  const rows = all.map((each) => [place(each.file), ...names.of(each), ...factsOf(each)]);
  const header = ["file", ...names.header, "length", "speech", "emotions", "confidence"];
  const table = formatTable(header, rows);
  const [only] = results;
  if (results.length > 1 || only === undefined || "error" in only) return `${table}\n`;
  const timeline = only.transcriber === null ? voiceTimeline : wordsTimeline;
  return `${table}\n\n${timeline(only.segments)}\n`;
}
