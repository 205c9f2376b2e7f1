import { expect, test } from "vitest";
import { speakTogether } from "./speak-together.ts";

const turns = [
  { startSec: 0, endSec: 4, speaker: "speaker 1" },
  { startSec: 4, endSec: 7, speaker: "speaker 2" },
  { startSec: 9, endSec: 12, speaker: "speaker 3" },
];

test("both who speak in an overlap have it whole", () => {
  expect(speakTogether(turns, [{ startSec: 3.5, endSec: 4.25 }])).toEqual([
    { startSec: 0, endSec: 4.25, speaker: "speaker 1" },
    { startSec: 3.5, endSec: 7, speaker: "speaker 2" },
    turns[2],
  ]);
});

test("within one turn the second speaker is the one whose turn is nearest", () => {
  const found = speakTogether(turns, [{ startSec: 9.5, endSec: 10 }]);
  expect(found).toEqual([
    turns[0],
    turns[1],
    turns[2],
    { startSec: 9.5, endSec: 10, speaker: "speaker 2" },
  ]);
});

test("alone nobody overlaps, and where nobody speaks nothing is added", () => {
  const alone = turns.slice(0, 1);
  expect(speakTogether(alone, [{ startSec: 1, endSec: 2 }])).toEqual(alone);
  expect(speakTogether(turns, [{ startSec: 7.5, endSec: 8.5 }])).toEqual(turns);
  expect(speakTogether([], [{ startSec: 0, endSec: 1 }])).toEqual([]);
});
