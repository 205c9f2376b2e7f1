import { expect, test } from "vitest";
import { noteLines, omissionProblem, Omissions } from "./omissions.ts";

test("omissions are counted by reason, the first few named", () => {
  const omissions = new Omissions();
  for (const name of ["a", "b", "c", "d"]) omissions.add("no label", name);
  omissions.add("song", "e");
  const leftOut = omissions.list();
  expect(leftOut).toEqual([
    { reason: "no label", count: 4, examples: ["a", "b", "c"] },
    { reason: "song", count: 1, examples: ["e"] },
  ]);
  const renamed = ["Wut → angry", "joyful → happy"];
  expect(noteLines({ leftOut, warnings: ["No speakers."], renamed })).toEqual([
    "Warning: No speakers.",
    "Read as: Wut → angry, joyful → happy.",
    "Left out: 4 (no label): a, b, c, …",
    "Left out: 1 (song): e",
  ]);
  expect(noteLines({ leftOut: [{ reason: "song", count: 2 }], warnings: [] })).toEqual([
    "Left out: 2 (song)",
  ]);
});

const of = (reason: string, count: number) => [{ reason, count }];

test("more than a fifth that was meant to be clips is a problem, what a corpus leaves out by design is none", () => {
  expect(omissionProblem(8, of("no label", 2))).toBeUndefined();
  expect(omissionProblem(7, of("no label", 2))).toMatch(/^2 of 9 /);
  expect(omissionProblem(7, of("own: name not of this corpus", 2))).toBeDefined();
  expect(omissionProblem(1, of("song", 1012))).toBeUndefined();
  const mixed = [...of("no speaker", 1), ...of("no label", 1), ...of("song", 9)];
  expect(omissionProblem(7, mixed)).toBeDefined();
});
