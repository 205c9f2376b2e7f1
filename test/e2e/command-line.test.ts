import { expect, test } from "vitest";
import { undertone } from "../support/command-line.ts";

test("--help shows commands and examples, of a command its options", async () => {
  const all = await undertone("--help");
  expect(all).toMatchObject({ exitCode: 0, stderr: "" });
  expect(all.stdout).toMatch(/COMMANDS[^]*analyze {2}[^]*EXAMPLES[^]*undertone analyze/);
  expect(all.stdout).not.toContain("\u001B");
  const one = await undertone("analyze", "--help");
  expect(one.stdout).toMatch(/OPTIONS[^]*--resume[^]*EXAMPLES/);
});

test("--version prints the version", async () => {
  const { stdout, exitCode } = await undertone("--version");
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(exitCode).toBe(0);
});

test.each([
  [["analyse"], 'There is no command "analyse". Did you mean "analyze"?'],
  [["analyze", "x.wav", "--modle", "y"], 'There is no option --modle. Did you mean "--model"?'],
  [["analyze", "x.wav", "--format", "xml"], "table, json, jsonl, csv"],
  [["analyze", "x.wav", "--jobs", "0"], "--jobs takes a whole number"],
  [["analyze", "x.wav", "--resume"], "--resume needs the --out"],
  [["analyze", "x.wav", "--out", "r.jsonl", "--json"], "--out always writes JSON Lines"],
  [["analyze"], "Missing required positional argument: PATHS"],
  [[], "Which command?"],
])("%j is a usage error that helps", async (words, message) => {
  const { exitCode, stdout, stderr } = await undertone(...words);
  expect(exitCode).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain(message);
});
