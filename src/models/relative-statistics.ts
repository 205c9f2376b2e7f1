import { addTo } from "../shared/group.ts";
import { rowMoments } from "./layer-statistics.ts";

/** Statistics of a clip, and who speaks in it. */
interface SpokenStatistics {
  readonly speaker: string;
  readonly isNeutral: boolean;
  readonly statistics: Float32Array;
}

/**
 * Returns a function that moves statistics of one of these speakers to where they were if the speaker's neutral speech were
 * that of all speakers on average. Of speakers without neutral clips all clips count.
 */
export function relativeStatistics(
  clips: readonly SpokenStatistics[],
): (statistics: Float32Array, speaker: string) => Float32Array {
  const bySpeaker = new Map<string, SpokenStatistics[]>();
  for (const clip of clips) addTo(bySpeaker, clip.speaker, clip);
  const references = new Map(
    [...bySpeaker].map(([speaker, own]) => {
      const neutral = own.filter(({ isNeutral }) => isNeutral);
      const rows = (neutral.length > 0 ? neutral : own).map(({ statistics }) => statistics);
      return [speaker, rowMoments(rows).mean];
    }),
  );
  const { mean } = rowMoments([...references.values()]);
  return (statistics, speaker) => {
    const reference = references.get(speaker)!;
    return statistics.map((value, i) => value - reference[i]! + mean[i]!);
  };
}
