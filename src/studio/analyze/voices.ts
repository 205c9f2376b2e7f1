import type { Analysis, Segment } from "../../web/index.ts";
import { strings } from "../strings.ts";

/** Whoever has lanes: a speaker, or all speech where speakers are not told apart. */
export interface Voice {
  readonly name: string;
  /** From 1; `null` where the channels are not told apart. */
  readonly channel: number | null;
  /** With speech, in order. */
  readonly segments: readonly Segment[];
}

/** Returns whoever speaks in a recording, in the order of their first words. */
export function voicesOf({ segments, speakers }: Analysis): Voice[] {
  const voices = new Map<string, { channel: number | null; segments: Segment[] }>(
    speakers.map(({ speaker, channel }) => [speaker, { channel, segments: [] }]),
  );
  for (const segment of segments) {
    if (segment.emotion === null) continue;
    const name = segment.speaker ?? strings.timeline.speech;
    const voice = voices.get(name) ?? { channel: segment.channel, segments: [] };
    voices.set(name, voice);
    voice.segments.push(segment);
  }
  return Array.from(voices, ([name, voice]) => ({ name, ...voice }));
}

/** Returns the labels of voice and words: those of the words may be others. */
export function labelsOf({ summary, segments }: Analysis): string[] {
  const ofWords = segments.flatMap(({ words }) => words?.emotion ?? []);
  return [...new Set([...Object.keys(summary.shares), ...ofWords])];
}
