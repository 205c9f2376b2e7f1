import { speakersOf, type Clip } from "../../src/datasets/manifest.ts";
import type { Setting } from "./conversations.ts";

/** A recording that thresholds are chosen on: its name, and of which clips it is. */
export interface ValidationSetting extends Setting {
  readonly name: readonly (string | number)[];
  readonly from: readonly Clip[];
}

const telephone = { probability: 1, telephone: {} } as const;
/** Every third recording has noise, and another third are over a telephone. */
const soundOf = (index: number): Pick<Setting, "snrDb" | "channel"> =>
  [{}, { snrDb: 15 }, { channel: telephone }][index % 3]!;

/** Returns 51 conversations of a minute, 15 of them neutral, 18 short ones of two, and 50 recordings of one speaker in all emotions or in none. */
export function validationOf(clips: readonly Clip[]): ValidationSetting[] {
  const calm = clips.filter(({ emotion }) => emotion === "neutral");
  const ofMany = [
    { kind: "all", from: clips, speakers: 2, lengthSec: 60, count: 18 },
    { kind: "all", from: clips, speakers: 3, lengthSec: 60, count: 9 },
    { kind: "all", from: clips, speakers: 4, lengthSec: 60, count: 9 },
    { kind: "neutral", from: calm, speakers: 2, lengthSec: 60, count: 9 },
    { kind: "neutral", from: calm, speakers: 3, lengthSec: 60, count: 6 },
    { kind: "all", from: clips, speakers: 2, lengthSec: 150, count: 6 },
    { kind: "all", from: clips, speakers: 2, lengthSec: 10, count: 9 },
    { kind: "all", from: clips, speakers: 2, lengthSec: 20, count: 9 },
  ].flatMap(({ kind, count, ...setting }) =>
    Array.from({ length: count }, (_, index) => {
      const name = [kind, setting.speakers, setting.lengthSec, index];
      return { ...setting, ...soundOf(index), name, overlapShare: 0.05 };
    }),
  );
  const alone = speakersOf(clips).flatMap((speaker, index) =>
    [
      { kind: "all", from: clips, lengths: [10, 20, 40, 120] },
      { kind: "neutral", from: calm, lengths: [10, 20] },
    ].flatMap(({ kind, from, lengths }) =>
      lengths.map((lengthSec, place) => ({
        name: [kind, 1, lengthSec, index],
        from: from.filter(({ speakerId }) => speakerId === speaker),
        speakers: 1,
        lengthSec,
        overlapShare: 0,
        ...soundOf(index + place),
      })),
    ),
  );
  return [...ofMany, ...alone];
}
