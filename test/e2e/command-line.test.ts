import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { commandLine, finish, undertone, undertoneInto } from "../support/command-line.ts";
import { exitCodes } from "../../src/cli/exit-codes.ts";
import { spawn } from "node:child_process";

afterEach(() => vi.unstubAllEnvs());

test("--help shows commands, examples and exit codes, of a command its options", async () => {
  const all = await undertone("--help");
  expect(all).toMatchObject({ exitCode: 0, stderr: "" });
  expect(all.stdout).toMatch(/Commands:[^]*analyze {2}[^]*Examples:[^]*analyze[^]*Exit codes:/);
  expect(all.stdout).not.toContain("\u001B");
  const one = await undertone("analyze", "--help");
  expect(one.stdout).toMatch(/Options:[^]*--resume[^]*Examples:/);
});

test("help of a command can be asked for in two ways, and names it in full", async () => {
  const { stdout, exitCode } = await undertone("dataset", "check", "--help");
  expect(exitCode).toBe(0);
  expect(stdout).toContain("Usage: undertone dataset check [options] <data>\n");
  expect((await undertone("help", "train")).stdout).toBe((await undertone("train", "-h")).stdout);
});

test("help is as wide as COLUMNS says where there is no terminal", async () => {
  vi.stubEnv("COLUMNS", "50");
  const { stdout } = await undertone("train", "--help");
  const [options] = stdout.split("Examples:");
  expect(Math.max(...options!.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(50);
});

test("--version prints the version", async () => {
  const { stdout, exitCode } = await undertone("--version");
  expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  expect(exitCode).toBe(0);
});

test.each([["--help"], ["--version"], ["train"]])("%s loads no native library", async (word) => {
  const report = "process.dlopen=(_,path)=>process._rawDebug('loaded',path)";
  const preload = ["--import", `data:text/javascript,${report}`];
  const { stderr } = await finish(spawn(process.execPath, [...preload, ...commandLine(word)]));
  expect(stderr).not.toContain("onnxruntime");
});

test.each([
  [["analyse"], "Did you mean analyze?"],
  [["analyze", "x.wav", "--modle", "y"], "Did you mean --model?"],
  [["analyze", "x.wav", "--format", "xml"], "text, json, jsonl, csv"],
  [["analyze", "x.wav", "--jobs", "0"], "--jobs"],
  [["analyze", "x.wav", "--resume"], "--out results.jsonl"],
  [["analyze", "x.wav", "--bom"], "--out results.csv"],
  [["analyze", "x.wav", "--out", "r.jsonl", "--json"], "leave out --format and --json"],
  [["analyze", "x.wav", "--out", "r.docx"], ".jsonl, .json, .csv, .txt, .srt, .vtt, .TextGrid"],
  [["analyze"], "analyze --help"],
  [["train", "x.json"], "--data <path>"],
  [["train", "x", "--data", "y", "--with", "z"], "Did you mean --extra-data?"],
  [["train", "x", "--data", "y", "--protocol", "loso"], "Did you mean leave-one-speaker-out?"],
  [["spectrogram", "x.wav", "--out", "x.jpg"], ".png, .svg"],
  [["a\u001B[2J"], "a\uFFFD[2J"],
  [["dataset"], "No command given. Try: "],
  [[], "No command given. Try: "],
])("%j is a usage error that helps", async (words, message) => {
  const { exitCode, stdout, stderr } = await undertone(...words);
  expect(exitCode).toBe(exitCodes.usage);
  expect(stdout).toBe("");
  expect(stderr).toContain(message);
});

test("what a checkout prints can be typed in it", async () => {
  const { stderr } = await undertone();
  const [, main = ""] = /npx tsx (\S+) --help/.exec(stderr) ?? [];
  expect(existsSync(join(process.cwd(), main))).toBe(true);
});

test("a recipe is found by its name, and the nearest one named otherwise", async () => {
  const list = await undertone("recipes", "list", "--json");
  const { recipes } = JSON.parse(list.stdout);
  expect(recipes).toContainEqual(expect.objectContaining({ name: "audio-cnn" }));
  const shown = await undertone("recipes", "show", "audio-cnn");
  expect(JSON.parse(shown.stdout)).toMatchObject({
    name: "audio-cnn",
    model: { kind: "audio-cnn" },
  });
  const misspelt = await undertone("train", "audio-cn", "--data", "x");
  expect(misspelt.exitCode).toBe(exitCodes["file-not-found"]);
  expect(misspelt.stderr).toContain("Did you mean audio-cnn?");
});

test.runIf(existsSync("/dev/full"))("a full disk behind standard output is said so", async () => {
  const { exitCode, stderr } = await undertoneInto("/dev/full", "--version");
  expect(stderr).toBe("undertone: Standard output: the disk is full. Free some space.\n");
  expect(exitCode).toBe(exitCodes["disk-full"]);
});
