import type { SpeechRegion } from "../audio/speech-activity.ts";
import { joinTurns, type Turn } from "../shared/turns.ts";

/**
 * Returns turns with two speakers where two speak at once: those two who speak most of an overlap, or else whoever speaks in it and
 * whose turn of another speaker is nearest. Where there is only one speaker nothing changes.
 */
export function speakTogether(turns: readonly Turn[], overlaps: readonly SpeechRegion[]): Turn[] {
  const added = overlaps.flatMap((overlap) =>
    speakersIn(overlap, turns).map((speaker) => ({ ...overlap, speaker })),
  );
  return joinTurns([...turns, ...added]);
}

/** The two speakers of an overlap; none where nobody or nobody else speaks. */
function speakersIn({ startSec, endSec }: SpeechRegion, turns: readonly Turn[]): string[] {
  const spokenSec = new Map<string, number>();
  const apartSec = new Map<string, number>();
  for (const turn of turns) {
    const sharedSec = Math.min(turn.endSec, endSec) - Math.max(turn.startSec, startSec);
    const { speaker } = turn;
    if (sharedSec > 0) spokenSec.set(speaker, (spokenSec.get(speaker) ?? 0) + sharedSec);
    else apartSec.set(speaker, Math.min(apartSec.get(speaker) ?? Infinity, -sharedSec));
  }
  const inside = [...spokenSec].toSorted(([, a], [, b]) => b - a).map(([speaker]) => speaker);
  if (inside.length === 0) return [];
  const nearest = [...apartSec].toSorted(([, a], [, b]) => a - b).map(([speaker]) => speaker);
  const pair = [...inside, ...nearest.filter((speaker) => !spokenSec.has(speaker))].slice(0, 2);
  return pair.length === 2 ? pair : [];
}
