import { expect, test } from "vitest";
import { formatTable } from "./table.ts";

test("columns line up, numbers to the right", () => {
  const rows = [
    ["a.wav", "happy", "0.91"],
    ["longer.wav", "sad", "12.5"],
  ];
  expect(formatTable(["file", "emotion", "sec"], rows).split("\n")).toEqual([
    "file        emotion   sec",
    "a.wav       happy    0.91",
    "longer.wav  sad      12.5",
  ]);
});

test("a file name cannot move the cursor or forge a line", () => {
  expect(formatTable(["file"], [["a\u001B[2J\nb\u202E.wav"]])).toBe(
    "file\na\uFFFD[2J\uFFFDb\uFFFD.wav",
  );
});

test("the widest column is wrapped where the terminal has too few columns", () => {
  const rows = [["audio-cnn", "a convolutional network over mel bands", "12"]];
  const lines = formatTable(["recipe", "description", "min"], rows, 40).split("\n");
  expect(lines).toEqual([
    "recipe     description               min",
    "audio-cnn  a convolutional network    12",
    "           over mel bands",
  ]);
  expect(formatTable(["recipe", "description", "min"], rows).split("\n")).toHaveLength(2);
});
