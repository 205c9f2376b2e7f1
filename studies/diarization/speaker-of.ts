import type { SpeechRegion } from "../../src/audio/speech-activity.ts";
import type { Turn } from "../../src/shared/turns.ts";

const leastSec = 0.75;
const leastShare = 0.95;

/** Returns who speaks nearly alone in a window that is long enough; otherwise `undefined`. */
export function speakerOf(window: SpeechRegion, turns: readonly Turn[]): string | undefined {
  if (window.endSec - window.startSec < leastSec) return undefined;
  const spokenSec = new Map<string, number>();
  let total = 0;
  for (const { startSec, endSec, speaker } of turns) {
    const sec = Math.min(endSec, window.endSec) - Math.max(startSec, window.startSec);
    if (sec <= 0) continue;
    spokenSec.set(speaker, (spokenSec.get(speaker) ?? 0) + sec);
    total += sec;
  }
  return [...spokenSec].find(([, sec]) => sec >= leastShare * total)?.[0];
}
