import { expect, test } from "vitest";
import { analysis } from "../../../test/support/analysis.ts";
import { targetAt, targetsOf } from "./targets.ts";

const spoken = analysis.segments.filter(({ emotion }) => emotion !== null);
const who = { by: "Ada", speaker: null };
const own = { startSec: 1, endSec: 2, label: "sad", ...who };

test("the model's segments stand there before the first label, and give way to a person's own", () => {
  expect(targetsOf(spoken, [], who).map(({ startSec }) => startSec)).toEqual([0.25, 3.5, 3661.5]);
  const targets = targetsOf(spoken, [own, { ...own, by: "Bo", startSec: 4 }], who);
  expect(targets.map(({ startSec, segment }) => [startSec, segment?.label])).toEqual([
    [1, "sad"],
    [3.5, undefined],
    [3661.5, undefined],
  ]);
});

test("what is at the playhead is labeled, from its start to before its end", () => {
  const targets = targetsOf(spoken, [own], who);
  expect(targetAt(targets, 1)?.segment).toBe(own);
  expect(targetAt(targets, 2)).toBeNull();
  expect(targetAt(targets, 3.4995)?.startSec).toBe(3.5);
});
