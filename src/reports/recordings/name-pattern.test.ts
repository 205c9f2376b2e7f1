import { expect, test } from "vitest";
import { parseNamePattern } from "./name-pattern.ts";

test.each([
  ["{agent}_{date}_{customer}", "/x/Sam_2026-11-01_Ann.wav", ["Sam", "2026-11-01", "Ann"]],
  ["{agent}_{rest}", "/x/Sam_a_b.mp3", ["Sam", "a_b"]],
  ["{team}/{agent}-{n}", "C:\\calls\\north\\Sam-7.wav", ["north", "Sam", "7"]],
  ["call {n} ({who}).wav", "/x/call 7 (Ann).wav", ["7", "Ann"]],
  ["{a}.{b}", "/x/1.2.wav", ["1", "2"]],
  ["{a}_{b}", "/x_y/plain.wav", undefined],
  ["{a}_{b}_end", "/x/1_end.wav", undefined],
  ["{a}-{b}/{c}", "/x/y/1-2.wav", undefined],
  ["{a}/{b}/{c}", "b/c.wav", undefined],
])("%s of %s", (pattern, file, expected) => {
  expect(parseNamePattern(pattern).match(file)).toEqual(expected);
});

test("many fields are matched in no time", () => {
  const fields = Array.from({ length: 13 }, (_, n) => `{${n}}`);
  const pattern = parseNamePattern(`${fields.join("a")}aX`);
  const start = performance.now();
  expect(pattern.match(`/x/${"a".repeat(250)}.wav`)).toBeUndefined();
  expect(performance.now() - start).toBeLessThan(1000);
});

test.each(["agent_date", "{}_{b}", "{a}_{a}", "{a}{b}_{c}", "{a}_{b", "a}_{b}", "{{a}}"])(
  "%j is no pattern",
  (pattern) => {
    expect(() => parseNamePattern(pattern)).toThrow(expect.objectContaining({ code: "usage" }));
  },
);
