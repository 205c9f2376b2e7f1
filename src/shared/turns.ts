/** One speaker talks from `startSec` to `endSec`; turns of different speakers may overlap. */
export interface Turn {
  readonly startSec: number;
  readonly endSec: number;
  readonly speaker: string;
}

/** Returns turns by their start, those of one speaker joined where less than a pause lies between them, without empty ones. */
export function joinTurns(turns: readonly Turn[], pauseSec = 0): Turn[] {
  const joined: { startSec: number; endSec: number; speaker: string }[] = [];
  const last = new Map<string, (typeof joined)[number]>();
  for (const turn of turns.toSorted((a, b) => a.startSec - b.startSec)) {
    if (turn.endSec <= turn.startSec) continue;
    const before = last.get(turn.speaker);
    if (before !== undefined && turn.startSec <= before.endSec + pauseSec) {
      before.endSec = Math.max(before.endSec, turn.endSec);
      continue;
    }
    const next = { ...turn };
    last.set(turn.speaker, next);
    joined.push(next);
  }
  return joined;
}
