import type { Random } from "../shared/random.ts";
import { speakersOf, type Utterance } from "./manifest.ts";
import { bySex } from "./protocols.ts";

interface Draw {
  readonly count: number;
  /** How often a speaker was drawn in earlier folds. */
  readonly served: ReadonlyMap<string, number>;
  readonly random: Random;
}

/** Draws speakers for validation, taking turns between the sexes, and within one those that served least often first. */
export function drawSpeakers(
  clips: readonly Utterance[],
  { count, served, random }: Draw,
): string[] {
  const speakers = speakersOf(clips).length;
  const [women = [], men = [], others = []] = bySex(clips, random).map((group) =>
    group.toSorted((a, b) => (served.get(a) ?? 0) - (served.get(b) ?? 0)),
  );
  const [first, second] = random.shuffle([women, men]);
  const turns = Array.from({ length: speakers }, (_, turn) => [first![turn], second![turn]]);
  return [...turns.flat().filter((speaker) => speaker !== undefined), ...others].slice(0, count);
}
