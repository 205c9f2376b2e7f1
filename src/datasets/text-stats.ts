import { tokenize } from "../text/tokenize.ts";
import type { LeftOut } from "./manifest.ts";
import { countEmotions, quantile, type EmotionCounts } from "./stats.ts";
import type { Side } from "./text-corpora/text-corpus.ts";
import type { TextManifest, TextUtterance } from "./text-manifest.ts";

/** What a corpus of texts holds. */
export interface TextStats {
  readonly corpus: string;
  readonly texts: number;
  readonly speakers: number;
  readonly emotions: EmotionCounts;
  readonly sides: Readonly<
    Record<Side, { readonly texts: number; readonly emotions: EmotionCounts }>
  >;
  /** Lengths in tokens. */
  readonly words: { readonly median: number; readonly p95: number; readonly max: number };
  readonly leftOut: readonly LeftOut[];
}

/** Counts the texts of a corpus by side and emotion. */
export function textStats({ corpus, clips, leftOut }: TextManifest): TextStats {
  const sideOf = (side: Side): TextStats["sides"][Side] => {
    const own = clips.filter((text) => text.side === side);
    return { texts: own.length, emotions: countEmotions(own) };
  };
  const lengths = clips
    .map(({ transcript }) => tokenize(transcript).length)
    .toSorted((a, b) => a - b);
  return {
    corpus,
    texts: clips.length,
    speakers: new Set(clips.map(({ speakerId }) => speakerId)).size,
    emotions: countEmotions(clips),
    sides: { train: sideOf("train"), validation: sideOf("validation"), test: sideOf("test") },
    words: {
      median: quantile(lengths, 0.5),
      p95: quantile(lengths, 0.95),
      max: quantile(lengths, 1),
    },
    leftOut,
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
