import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { exitCodes } from "../../src/cli/exit-codes.ts";
import { commandLine, finish, sources, undertone, undertoneInto } from "../support/command-line.ts";

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
  [[], "No command given. Try: "],
  [["analyse"], "Did you mean analyze?"],
  [["a\u001B[2J"], "a\uFFFD[2J"],
])("%j is a usage error that helps", async (words, message) => {
  const { exitCode, stdout, stderr } = await undertone(...words);
  expect({ exitCode, stdout }).toEqual({ exitCode: exitCodes.usage, stdout: "" });
  expect(stderr).toContain(message);
});

test("what a checkout prints can be typed in it", async () => {
  const { stderr } = await finish(spawn(process.execPath, sources));
  const [, main = ""] = /npx tsx (\S+) --help/.exec(stderr) ?? [];
  expect(existsSync(join(process.cwd(), main))).toBe(true);
});

test.runIf(existsSync("/dev/full"))("a full disk behind standard output is said so", async () => {
  const { exitCode, stderr } = await undertoneInto("/dev/full", "--version");
  expect(stderr).toBe("undertone: Standard output: the disk is full. Free some space.\n");
  expect(exitCode).toBe(exitCodes["disk-full"]);
});
