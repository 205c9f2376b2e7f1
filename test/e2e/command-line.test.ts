import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { undertone, undertoneInto } from "../support/command-line.ts";

test("--help shows commands and examples, of a command its options", async () => {
  const all = await undertone("--help");
  expect(all).toMatchObject({ exitCode: 0, stderr: "" });
  expect(all.stdout).toMatch(/COMMANDS[^]*analyze {2}[^]*EXAMPLES[^]*undertone analyze/);
  expect(all.stdout).not.toContain("\u001B");
  const one = await undertone("analyze", "--help");
  expect(one.stdout).toMatch(/OPTIONS[^]*--resume[^]*EXAMPLES/);
});

test("help of a command can be asked for in three ways, and names it in full", async () => {
  const asked = [
    ["dataset", "check", "--help"],
    ["--help", "dataset", "check"],
    ["help", "dataset", "check"],
  ];
  for (const words of asked) {
    const { stdout, exitCode } = await undertone(...words);
    expect(exitCode).toBe(0);
    expect(stdout).toContain("USAGE undertone dataset check [OPTIONS] <DATA>\n");
    expect(stdout).not.toMatch(/ $/m);
  }
});

test("--version prints the version", async () => {
  const { stdout, exitCode } = await undertone("--version");
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(exitCode).toBe(0);
});

test.each([
  [["analyze"], 'There is no command "analyze". Did you mean "analyze"?'],
  [["analyze", "x.wav", "--modle", "y"], 'There is no option --modle. Did you mean "--model"?'],
  [["analyze", "x.wav", "--format", "xml"], "text, json, jsonl, csv"],
  [["analyze", "x.wav", "--jobs", "0"], "--jobs takes a whole number"],
  [["analyze", "x.wav", "--resume"], "--resume needs the --out"],
  [["analyze", "x.wav", "--out", "r.jsonl", "--json"], "--out always writes JSON Lines"],
  [["analyze"], 'argument: PATHS. "undertone analyze --help" shows what it takes.'],
  [["train", "x.json"], '--data. "undertone train --help" shows what it takes.'],
  [["a\u001B[2J"], 'There is no command "a\uFFFD[2J".'],
  [[], "Which command?"],
])("%j is a usage error that helps", async (words, message) => {
  const { exitCode, stdout, stderr } = await undertone(...words);
  expect(exitCode).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain(message);
});

test.runIf(existsSync("/dev/full"))("a full disk behind standard output is said so", async () => {
  const { exitCode, stderr } = await undertoneInto("/dev/full", "--version");
  expect(stderr).toBe("undertone: Standard output: the disk is full. Free some space.\n");
  expect(exitCode).toBe(18);
});
