import { expect, test } from "vitest";
import { FileWarnings } from "./file-warnings.ts";
import { createProgress } from "./progress.ts";

test("a warning about several files is shown once, with their number", () => {
  const warnings = new FileWarnings();
  warnings.add("a.wav", ["each is a speaker"]);
  warnings.add("b.wav", ["a hole at 3 s", "each is a speaker"]);
  const shown: string[] = [];
  warnings.show(createProgress({ write: (text) => shown.push(text) }));
  expect(shown).toEqual(["2 files: each is a speaker\n", "b.wav: a hole at 3 s\n"]);
});
