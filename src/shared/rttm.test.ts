import { expect, test } from "vitest";
import { formatRttm, parseRttm, turnsOf } from "./rttm.ts";

const rttm = [
  "\uFEFF;; made by hand",
  "SPKR-INFO call 1 <NA> <NA> <NA> unknown anna <NA>",
  "SPEAKER call 1 3.5 1.25 <NA> <NA> ben <NA> <NA>\r",
  "",
  "speaker\tcall\t1\t0\t2\t<NA>\t<NA>\tanna\t0.9",
  "SPEAKER other 1 1 1 <NA> <NA> carl <NA>",
  "SPEAKER call 1 9 0 <NA> <NA> anna <NA> <NA>",
].join("\n");

test("reads turns by recording, by start, without empty ones", () => {
  const recordings = parseRttm(rttm);
  expect([...recordings.keys()]).toEqual(["call", "other"]);
  expect(recordings.get("call")).toEqual([
    { startSec: 0, endSec: 2, speaker: "anna" },
    { startSec: 3.5, endSec: 4.75, speaker: "ben" },
  ]);
});

test("names each line that cannot be read", () => {
  const bad =
    "SPEAKER call 1 0 1 <NA> <NA> anna\nSPEAKER call 1 x 1 <NA> <NA> anna\nSPEAKER call 1 0\nnoise";
  const error = expect.objectContaining({
    code: "dataset-invalid",
    path: "calls.rttm",
    line: 2,
    message: expect.stringMatching(/line 2.*"x".*line 3.*4 fields.*line 4.*"noise"/),
  });
  expect(() => parseRttm(bad, "calls.rttm")).toThrow(error);
  const negative = "SPEAKER call 1 0 -1 <NA> <NA> anna";
  expect(() => parseRttm(negative)).toThrow(expect.objectContaining({ line: 1 }));
});

test("what is written reads back, with names that RTTM can hold", () => {
  const turns = [
    { startSec: 0.0004, endSec: 1.5, speaker: "speaker 1" },
    { startSec: 1.25, endSec: 3, speaker: "speaker 2" },
  ];
  const text = formatRttm("my call", turns);
  expect(text.split("\n")[0]).toBe("SPEAKER my_call 1 0.000 1.500 <NA> <NA> speaker_1 <NA> <NA>");
  expect(turnsOf(Object.fromEntries(parseRttm(text)), "/calls/my call.wav")).toEqual([
    { startSec: 0, endSec: 1.5, speaker: "speaker_1" },
    { startSec: 1.25, endSec: 3, speaker: "speaker_2" },
  ]);
});

test("names of hostile files reach no terminal, and many lines are read in a moment", () => {
  const text = formatRttm("\u001B[2Jcall", [{ startSec: 0, endSec: 1, speaker: "\u0007anna" }]);
  expect(text.trimEnd()).not.toMatch(/\p{Cc}/u);
  const lines = Array.from({ length: 400_000 }, (_, n) => `SPEAKER call 1 ${n} 0.5 - - anna\n`);
  expect(parseRttm(lines.join("")).get("call")).toHaveLength(lines.length);
});

test("finds a recording by its file's name, or refuses where it is not among several", () => {
  const recordings = Object.fromEntries(parseRttm(rttm));
  expect(turnsOf(recordings, "a/b/other.mp3")).toHaveLength(1);
  expect(() => turnsOf(recordings, "third.wav")).toThrow(
    expect.objectContaining({ code: "dataset-invalid" }),
  );
});
