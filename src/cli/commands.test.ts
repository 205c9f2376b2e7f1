import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { printed } from "../../test/support/printed.ts";
import type { AnyCommand } from "./command.ts";
import { createCommand } from "./command.ts";
import { openCommandLine } from "./commands.ts";
import { repeatable } from "./options.ts";
import { typeable } from "./typeable.ts";

afterEach(() => vi.unstubAllEnvs());

const undertone = await openCommandLine();

const call = (...words: readonly string[]) => undertone.parseAsync(words, { from: "user" });

test.each([
  [["analyse"], "Did you mean analyze?"],
  [["dataset"], "No command given. Try: undertone dataset --help"],
  [["dataset", "chekc", "x"], "Did you mean check?"],
  [["analyze"], "Try: undertone analyze --help"],
  [["analyze", "x.wav", "--modle", "y"], "Did you mean --model?"],
  [["analyze", "x.wav", "--model", "--json"], "--model <file> needs a value"],
  [["analyze", "x.wav", "--model="], "--model <file> needs a value"],
  [["analyze", "x.wav", "--enrol", "y"], "Did you mean --enroll?"],
  [["analyze", "x.wav", "--speech", "y"], "Did you mean --transcriber?"],
  [["analyze", "x.wav", "--words", "y"], "Did you mean --text-model?"],
  [["analyze", "x.wav", "--format", "xml"], "text, json, jsonl, csv"],
  [["analyze", "x.wav", "--format", "praat"], "Did you mean textgrid?"],
  [["analyze", "x.wav", "--jobs", "0"], "--jobs <count> cannot be '0'"],
  [["analyze", "x.wav", "--jobs", "1e3"], "--jobs <count> cannot be '1e3'"],
  [["analyze", "x.wav", "--min-confidence", "1.5"], "from 0 to 1"],
  [["analyze", "x.wav", "--resume"], "--out results.jsonl"],
  [["analyze", "x.wav", "--bom"], "--out results.csv"],
  [["analyze", "x.wav", "--out", "r.jsonl", "--json"], "leave out --format and --json"],
  [["analyze", "x.wav", "--format", "csv", "--json"], "leave one out"],
  [
    ["analyze", "x.wav", "--out", "r.docx"],
    ".jsonl, .json, .csv, .parquet, .txt, .rttm, .srt, .vtt, .TextGrid",
  ],
  [["transcribe", "x.wav", "--out", "r.docx"], ".txt, .json, .srt, .vtt"],
  [["calibrate", "small", "--data", "x", "--out", "r.txt"], ".onnx"],
  [["export", "open", "--to", "zip", "--out", "r"], "triton"],
  [["train", "x.json"], "--data <path>"],
  [["train", "x", "--data", "y", "--with", "z"], "Did you mean --extra-data?"],
  [["train", "x", "--data", "y", "--epoch", "3"], "Did you mean --epochs?"],
  [["train", "x", "--data", "y", "--calibrated-by", "z"], "Did you mean --calibrate-from?"],
  [["train", "x", "--data", "y", "--protocol", "LOSO"], "Did you mean leave-one-speaker-out?"],
  [["train", "x", "--data", "y", "--protocol", "ofical"], "Did you mean official?"],
  [["train", "x", "--data", "y", "--lr", "1e-3"], "Did you mean --set training.learningRate=…?"],
  [["train", "x", "--data", "y", "--folds", "3-1"], "at least 3"],
  [["train", "x", "--data", "y", "--folds", "1-99999"], "whole number"],
  [["test", "x", "--data", "y", "--noise", "z"], "add --conditions"],
  [["test", "x", "--data", "y", "--condition"], "Did you mean --conditions?"],
  [["dataset", "stats", "x", "y"], "Expected 1 argument but got 2"],
  [["spectrogram", "x.wav", "--out", "x.jpg"], ".png, .svg"],
])("%j is a usage error that helps", async (words, message) => {
  await expect(call(...words)).rejects.toMatchObject({
    code: "usage",
    message: expect.stringContaining(message),
  });
});

test("the option of another tool is named where a command has its like", async () => {
  const ours = createCommand("train", "").option("--set <key=value>");
  await expect(ours.parseAsync(["--lr", "1"], { from: "user" })).rejects.toMatchObject({
    message: "Unknown option --lr. Did you mean --set training.learningRate=…?",
  });
  const without = createCommand("train", "");
  await expect(without.parseAsync(["--lr", "1"], { from: "user" })).rejects.toMatchObject({
    message: "Unknown option --lr. Try: train --help",
  });
});

test("a repeatable option keeps every value once, in order, and none from an earlier call", async () => {
  const seen: unknown[] = [];
  const command = createCommand("x", "")
    .option("--extra-data <path>", "", repeatable)
    .action(({ extraData }) => void seen.push(extraData));
  const words = ["--extra-data", "b", "--extra-data=a", "--extra-data", "b"];
  await command.parseAsync(words, { from: "user" });
  await command.parseAsync([], { from: "user" });
  expect(seen).toEqual([["b", "a"], undefined]);
});

const all = (command: AnyCommand): AnyCommand[] => [command, ...command.commands.flatMap(all)];

test.each([40, 50, 80, 120])("every help fits %i columns, its examples apart", async (columns) => {
  vi.stubEnv("COLUMNS", String(columns));
  for (const command of all(undertone)) {
    const help = await printed(async () => command.outputHelp());
    const lines = help.replace(/\nExamples:\n( {2}.*\n)+/, "").split("\n");
    for (const line of lines.slice(1)) expect(line.length).toBeLessThanOrEqual(columns);
  }
});

test("every command that does something has examples, which fit 80 columns", async () => {
  for (const command of all(undertone).filter(({ commands }) => commands.length === 0)) {
    const [, lines] = (await printed(async () => command.outputHelp())).split("\nExamples:\n");
    for (const line of lines!.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  }
});

test("every command is known to what makes printed lines typeable", () => {
  for (const { name } of undertone.commands.map((command) => ({ name: command.name() }))) {
    expect(typeable(`Try: undertone ${name} x`)).toBe(`Try: npx tsx src/cli/main.ts ${name} x`);
  }
  expect(typeable("an error in undertone itself")).toBe("an error in undertone itself");
});

test("every option that a message of a module names exists", async () => {
  const options = new Set(all(undertone).flatMap((each) => each.options.map(({ long }) => long)));
  options.add("--import"); // of Node
  const folder = join(import.meta.dirname, "..");
  const files = (await readdir(folder, { recursive: true })).filter((file) =>
    /^(?:datasets|models|recipes|recognition|runs|training|transcription)\b.*(?<!\.test)\.ts$/.test(
      file,
    ),
  );
  for (const file of files) {
    const source = await readFile(join(folder, file), "utf8");
    const named = source.match(/(?<![\w-])--[a-z][a-z-]*/g) ?? [];
    expect({ file, unknown: named.filter((name) => !options.has(name)) }).toEqual({
      file,
      unknown: [],
    });
  }
});

test("the schema beside the included recipes is the one that recipes schema prints", async () => {
  const printedSchema: unknown = JSON.parse(await printed(() => call("recipes", "schema")));
  const file = join(import.meta.dirname, "../../recipes/schema.json");
  expect(JSON.parse(await readFile(file, "utf8"))).toEqual(printedSchema);
});

test("a recipe is found by its name, and the nearest one named otherwise", async () => {
  const { recipes } = JSON.parse(await printed(() => call("recipes", "list", "--json")));
  expect(recipes).toContainEqual(expect.objectContaining({ name: "audio-cnn" }));
  const shown = JSON.parse(await printed(() => call("recipes", "show", "audio-cnn")));
  expect(shown).toMatchObject({ name: "audio-cnn", model: { kind: "audio-cnn" } });
  await expect(call("train", "audio-cn", "--data", "x")).rejects.toMatchObject({
    code: "file-not-found",
    message: expect.stringContaining("Did you mean audio-cnn?"),
  });
});
