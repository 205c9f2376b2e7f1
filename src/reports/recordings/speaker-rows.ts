import type { Analysis, Segment, SpeakerAnalysis, Summary } from "../../recognition/analysis.ts";
import { polarityOf, type Polarity } from "../../recognition/polarity.ts";
import { clock } from "../../shared/clock.ts";

/** A moment of a recording. */
export interface Moment {
  readonly startSec: number;
  /** Probability of negative speech, 0 to 1. */
  readonly score: number;
  readonly text: string;
}

/** One speaker of a recording in numbers; the whole recording where speakers are not told apart. */
export interface SpeakerRow {
  readonly speaker: string | null;
  readonly channel: number | null;
  readonly summary: Summary;
  /** Of the time that all speakers talk, 0 to 1; `null` where nobody does. */
  readonly talkShare: number | null;
  readonly overlapSec: number;
  /** Shares of the time with a reported emotion; `null` where there is none, or a label is none of them for sure. */
  readonly polarity: Polarity | null;
  /** The segment that is most probably negative and not out of distribution. */
  readonly strongestNegative: Moment | null;
  /** Share of negative speech in the last third of the recording minus that in the first, −1 to 1. */
  readonly negativeTrend: number | null;
  /** Share of the speech for which no emotion is reported; `null` where nobody speaks. */
  readonly abstainedShare: number | null;
  /** Of most of the speech. */
  readonly language: string | null;
  /** Those in which this speaker speaks. */
  readonly segments: readonly Segment[];
}

/** Returns a row for each speaker of a recording; one for all speech where speakers are not told apart. */
export function speakerRows(analysis: Analysis): SpeakerRow[] {
  const { speakers, segments, summary, language, durationSec } = analysis;
  const spoken = segments.filter(({ emotion }) => emotion !== null);
  const totalSec = speakers.reduce((sum, each) => sum + each.summary.speechSec, 0);
  const rowOf = (
    {
      speaker,
      channel,
      overlapSec,
      summary: own,
    }: Omit<SpeakerAnalysis, "speaker" | "reference"> & Pick<SpeakerRow, "speaker">,
    mine: readonly Segment[],
  ): SpeakerRow => {
    const allSec = speakers.length > 0 ? totalSec : own.speechSec;
    return {
      speaker,
      channel,
      summary: own,
      talkShare: allSec > 0 ? own.speechSec / allSec : null,
      overlapSec,
      polarity: own.dominantEmotion === null ? null : polarityOf(own.shares),
      strongestNegative: strongestNegative(mine),
      negativeTrend: negativeTrend(mine, durationSec),
      abstainedShare: mine.length > 0 ? 1 - own.coverage : null,
      language: languageOf(mine) ?? language,
      segments: mine,
    };
  };
  if (speakers.length === 0) {
    return [rowOf({ speaker: null, channel: null, overlapSec: 0, summary }, spoken)];
  }
  return speakers.map((each) =>
    rowOf(
      each,
      spoken.filter(({ speaker }) => speaker === each.speaker),
    ),
  );
}

/** Returns how long nobody speaks in a recording, in seconds; where several speak at once, that time counts once. */
export function silenceOf({ segments, durationSec, summary }: Analysis): number {
  let [spokenSec, untilSec] = [0, 0];
  const spoken = segments.filter(({ emotion }) => emotion !== null);
  for (const { startSec, endSec } of spoken.toSorted((a, b) => a.startSec - b.startSec)) {
    spokenSec += Math.max(0, endSec - Math.max(startSec, untilSec));
    untilSec = Math.max(untilSec, endSec);
  }
  return Math.max(0, durationSec - Math.min(spokenSec, summary.speechSec));
}

function strongestNegative(spoken: readonly Segment[]): Moment | null {
  let strongest: Moment | null = null;
  for (const { startSec, text, polarity, abstained } of spoken) {
    if (polarity === null || abstained === "out-of-distribution") continue;
    const score = polarity.negative;
    if (score > (strongest?.score ?? 0)) strongest = { startSec, score, text };
  }
  return strongest;
}

function negativeTrend(spoken: readonly Segment[], durationSec: number): number | null {
  const first = negativeShare(spoken, 0, durationSec / 3);
  const last = negativeShare(spoken, (2 * durationSec) / 3, durationSec);
  return first === null || last === null ? null : last - first;
}

/** Returns the share of negative speech among the speech of a time that has a reported emotion. */
function negativeShare(spoken: readonly Segment[], fromSec: number, toSec: number): number | null {
  const seconds: Record<string, number> = {};
  let totalSec = 0;
  for (const { startSec, endSec, emotion, abstained } of spoken) {
    const lengthSec = Math.min(endSec, toSec) - Math.max(startSec, fromSec);
    if (lengthSec <= 0 || emotion === null || abstained !== null) continue;
    seconds[emotion] = (seconds[emotion] ?? 0) + lengthSec;
    totalSec += lengthSec;
  }
  if (totalSec === 0) return null;
  const shares = Object.entries(seconds).map(([label, sec]) => [label, sec / totalSec] as const);
  return polarityOf(Object.fromEntries(shares))?.negative ?? null;
}

function languageOf(spoken: readonly Segment[]): string | null {
  const seconds = new Map<string, number>();
  for (const { language, startSec, endSec } of spoken) {
    if (language === null) continue;
    seconds.set(language, (seconds.get(language) ?? 0) + endSec - startSec);
  }
  const [most] = [...seconds].toSorted(([, a], [, b]) => b - a);
  return most?.[0] ?? null;
}

/** Returns the length of a recording, of its speech and of its silence, as text. */
export function speechOf(analysis: Analysis): string {
  const silenceSec = silenceOf(analysis);
  const spokenSec = analysis.durationSec - silenceSec;
  return `${clock(analysis.durationSec)} long: ${clock(spokenSec)} with speech, ${clock(silenceSec)} without`;
}
