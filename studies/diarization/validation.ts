import { speakersOf, type Clip } from "../../src/datasets/manifest.ts";
import type { Setting } from "./conversations.ts";

/** A recording that thresholds are chosen on: its name, and of which clips it is. */
export interface ValidationSetting extends Setting {
  readonly name: readonly (string | number)[];
  readonly from: readonly Clip[];
}

const snrDb = 15;
/** Every other recording has noise. */
const noiseOf = (index: number): { snrDb?: number } => (index % 2 === 0 ? {} : { snrDb });

/** Returns 36 conversations of a minute, 12 of them neutral, 16 short ones of two, and 50 recordings of one speaker in all emotions or in none. */
export function validationOf(clips: readonly Clip[]): ValidationSetting[] {
  const overlapShare = 0.05;
  const minutes = [2, 3, 4].flatMap((speakers) =>
    Array.from({ length: 8 }, (_, index) => {
      const name = [speakers, index];
      return { name, from: clips, speakers, lengthSec: 60, overlapShare, ...noiseOf(index) };
    }),
  );
  const calm = clips.filter(({ emotion }) => emotion === "neutral");
  const neutral = [2, 3].flatMap((speakers) =>
    Array.from({ length: 6 }, (_, index) => {
      const name = ["neutral", speakers, index];
      return { name, from: calm, speakers, lengthSec: 60, overlapShare, ...noiseOf(index) };
    }),
  );
  const short = [10, 20].flatMap((lengthSec) =>
    Array.from({ length: 8 }, (_, index) => {
      const name = ["short", lengthSec, index];
      return { name, from: clips, speakers: 2, lengthSec, overlapShare, ...noiseOf(index) };
    }),
  );
  return [
    ...minutes,
    ...neutral,
    ...short,
    ...speakersOf(clips).flatMap((speaker, index) =>
      alone(
        clips.filter(({ speakerId }) => speakerId === speaker),
        index,
      ),
    ),
  ];
}

/** Recordings of one speaker. */
function alone(clips: readonly Clip[], index: number): ValidationSetting[] {
  const neutral = clips.filter(({ emotion }) => emotion === "neutral");
  const shape = { speakers: 1, overlapShare: 0 };
  return [
    ...[10, 20, 40].map((lengthSec) => {
      const name = ["one", "all", lengthSec, index];
      return { ...shape, name, from: clips, lengthSec, ...noiseOf(index) };
    }),
    ...[10, 20].map((lengthSec) => {
      const name = ["one", "neutral", lengthSec, index];
      return { ...shape, name, from: neutral, lengthSec, ...noiseOf(index + 1) };
    }),
  ];
}
