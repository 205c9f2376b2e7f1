import { expect, test } from "vitest";
import { analyzeCommand } from "./analyze.ts";

test.each([
  [["--metadata", "x.csv"]],
  [["--name-pattern", "{a}", "--out", "x.csv"]],
  [["--out", "x.html", "--resume"]],
  [["--out", "x.csv", "--summary", "x.csv"]],
  [["--summary", "x.docx"]],
  [["--summary", "x.json", "--bom"]],
  [["--moments", "angry", "--out", "x.csv"]],
])("%j is refused before anything is loaded", async (given) => {
  const words = [import.meta.filename, ...given];
  await expect(analyzeCommand.parseAsync(words, { from: "user" })).rejects.toMatchObject({
    code: "usage",
  });
});
