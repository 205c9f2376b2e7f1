import { tokenize } from "../text/tokenize.ts";
import { labelsOf, type SplitName } from "./manifest.ts";
import type { ReadingNotes } from "./omissions.ts";
import { countLabels, quantile, type LabelCounts } from "./stats.ts";
import type { TextManifest, TextUtterance } from "./text-manifest.ts";

/** What a corpus of texts holds. */
export interface TextStats extends ReadingNotes {
  readonly corpus: string;
  readonly texts: number;
  readonly speakers: number;
  readonly emotions: LabelCounts;
  readonly splits: Readonly<
    Record<SplitName, { readonly texts: number; readonly emotions: LabelCounts }>
  >;
  /** Lengths in tokens. */
  readonly words: { readonly median: number; readonly p95: number; readonly max: number };
}

/** Counts the texts of a corpus by split and emotion. */
export function textStats({ corpus, clips, leftOut, warnings }: TextManifest): TextStats {
  const labels = labelsOf(clips);
  const splitOf = (split: SplitName): TextStats["splits"][SplitName] => {
    const own = clips.filter((text) => text.split === split);
    return { texts: own.length, emotions: countLabels(own, labels) };
  };
  const lengths = clips
    .map(({ transcript }) => tokenize(transcript).length)
    .toSorted((a, b) => a - b);
  return {
    corpus,
    texts: clips.length,
    speakers: new Set(clips.map(({ speakerId }) => speakerId)).size,
    emotions: countLabels(clips, labels),
    splits: { train: splitOf("train"), validation: splitOf("validation"), test: splitOf("test") },
    words: {
      median: quantile(lengths, 0.5),
      p95: quantile(lengths, 0.95),
      max: quantile(lengths, 1),
    },
    leftOut,
    warnings,
  };
}

/** Texts of the same words that carry different emotions, those of most utterances first. */
export function contradictions({ clips }: TextManifest): TextUtterance[][] {
  const groups = new Map<string, TextUtterance[]>();
  for (const text of clips) {
    const key = tokenize(text.transcript).join(" ");
    const group = groups.get(key);
    if (group) group.push(text);
    else groups.set(key, [text]);
  }
  return [...groups.values()]
    .filter((group) => new Set(group.map(({ emotion }) => emotion)).size > 1)
    .toSorted((a, b) => b.length - a.length);
}
