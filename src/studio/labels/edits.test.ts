import { expect, test } from "vitest";
import { applied, labeling, moving, reversed, splitting, type LabeledSegment } from "./edits.ts";

const segment = (
  startSec: number,
  endSec: number,
  ...[label, by = "Ada"]: [string, string?]
): LabeledSegment => ({
  startSec,
  endSec,
  label,
  by,
  speaker: null,
});

const target = (startSec: number, endSec: number, by = "Ada") => ({
  startSec,
  endSec,
  speaker: null,
  by,
});

test("a label stands beside those of others, and in place of one's own", () => {
  const others = [segment(0, 2, "sad", "Bo")];
  const first = applied(others, labeling(others, target(0, 2), "angry"))!;
  expect(first).toEqual([segment(0, 2, "sad", "Bo"), segment(0, 2, "angry")]);
  const second = applied(first, labeling(first, target(0, 2), "calm"))!;
  expect(second).toEqual([segment(0, 2, "sad", "Bo"), segment(0, 2, "calm")]);
});

test("a label over part of another leaves its rests, none shorter than can be labeled", () => {
  const before = [segment(0, 4, "sad"), segment(4, 6, "calm")];
  const after = applied(before, labeling(before, target(1, 5.98), "angry"));
  expect(after).toEqual([segment(0, 1, "sad"), segment(1, 5.98, "angry")]);
});

test("a label can be taken away, and undone", () => {
  const before = [segment(0, 4, "sad")];
  const edit = labeling(before, target(0, 4), null);
  const after = applied(before, edit)!;
  expect(after).toEqual([]);
  expect(applied(after, reversed(edit))).toEqual(before);
});

test("times are whole milliseconds, as tables and subtitles write them", () => {
  const { after } = labeling([], target(0.123_456, 1.000_04), "sad");
  expect(after).toEqual([segment(0.123, 1, "sad")]);
});

const touching = [segment(0, 2, "sad"), segment(2, 4, "calm"), segment(5, 6, "angry")];

test.each([
  ["end", 0, 3, [segment(0, 3, "sad"), segment(3, 4, "calm")]],
  ["end", 0, 9, [segment(0, 3.95, "sad"), segment(3.95, 4, "calm")]],
  ["end", 1, 9, [segment(0, 2, "sad"), segment(2, 5, "calm")]],
  ["end", 1, 0, [segment(0, 2, "sad"), segment(2, 2.05, "calm")]],
  ["start", 1, 1, [segment(0, 1, "sad"), segment(1, 4, "calm")]],
  ["start", 1, -1, [segment(0, 0.05, "sad"), segment(0.05, 4, "calm")]],
  ["start", 0, 1, [segment(1, 2, "sad"), segment(2, 4, "calm")]],
] as const)(
  "the %s of segment %i goes to %d s, as far as it can",
  (...[edge, index, toSec, expected]) => {
    const edit = moving(touching, touching[index]!, { edge, toSec, durationSec: 8 });
    expect(applied(touching, edit)).toEqual([...expected, segment(5, 6, "angry")]);
  },
);

test("the last end goes no further than the recording", () => {
  const edit = moving(touching, touching[2]!, { edge: "end", toSec: 99, durationSec: 8 });
  expect(edit.after).toEqual([segment(5, 8, "angry")]);
});

test("a segment is cut in two, unless one would be too short", () => {
  expect(splitting(touching[0]!, 0.5)?.after).toEqual([
    segment(0, 0.5, "sad"),
    segment(0.5, 2, "sad"),
  ]);
  expect(splitting(touching[0]!, 1.98)).toBeNull();
});

test("an edit of what has changed since is none", () => {
  const edit = labeling(touching, target(0, 2), "happy");
  expect(applied([segment(0, 2, "surprised")], edit)).toBeNull();
});
