import { expect, test } from "vitest";
import { toCues, toSrt, toVtt } from "./subtitles.ts";

const cues = [
  { startSec: 0.5, endSec: 2.0004, text: "So -->\n\n\r\n it <begins> & ends" },
  { startSec: 3661.9996, endSec: 3700, text: "later" },
];

test("SubRip", () => {
  expect(toSrt(cues)).toBe(
    "1\n00:00:00,500 --> 00:00:02,000\nSo →\nit <begins> & ends\n\n" +
      "2\n01:01:02,000 --> 01:01:40,000\nlater\n",
  );
  expect(toSrt([])).toBe("");
});

test("WebVTT", () => {
  expect(toVtt(cues)).toBe(
    "WEBVTT\n\n00:00:00.500 --> 00:00:02.000\nSo --&gt;\nit &lt;begins&gt; &amp; ends\n" +
      "\n01:01:02.000 --> 01:01:40.000\nlater\n",
  );
  expect(toVtt([])).toBe("WEBVTT\n");
});

const utterance = { startSec: 10, endSec: 20, confidence: 1 };

test("a short utterance is one cue", () => {
  expect(toCues([{ ...utterance, text: "Hello there" }])).toEqual([
    { startSec: 10, endSec: 20, text: "Hello there" },
  ]);
});

test("a long one is cut between words, timed by its characters", () => {
  const words = Array.from({ length: 40 }, () => "word");
  const cut = toCues([{ ...utterance, text: words.join(" ") }]);
  expect(cut.map(({ text }) => text).join(" ")).toBe(words.join(" "));
  expect(cut.map(({ text }) => text.length)).toEqual([84, 84, 29]);
  expect(cut[0]!.startSec).toBe(10);
  expect(cut.at(-1)!.endSec).toBeCloseTo(20, 9);
  const times = cut.flatMap(({ startSec, endSec }) => [startSec, endSec]);
  expect(times).toEqual(times.toSorted((a, b) => a - b));
});

test("words with times are shown at their times", () => {
  const words = Array.from({ length: 20 }, (_, n) => ({
    text: "fifteen-letters",
    startSec: 10 + n,
    endSec: 10.5 + n,
  }));
  const text = words.map((word) => word.text).join(" ");
  expect(
    toCues([{ ...utterance, text, words }]).map(({ startSec, endSec }) => [startSec, endSec]),
  ).toEqual([
    [10, 14.5],
    [15, 19.5],
    [20, 24.5],
    [25, 29.5],
  ]);
});

test("a word longer than a cue is a cue", () => {
  const text = "a".repeat(100);
  expect(toCues([{ ...utterance, text }])).toHaveLength(1);
});
