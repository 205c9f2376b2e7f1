import { expect, test } from "vitest";
import { fitTable, formatTable } from "./table.ts";

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
  const longWord = [["a-name-without-any-space", "12"]];
  expect(formatTable(["run", "min"], longWord, 20)).toBe(formatTable(["run", "min"], longWord));
});

test("a narrow terminal leaves out optional columns in their order, every one those without content", () => {
  const header = ["run", "UAR", "minutes", "parameters", "extra data"];
  const rows = [["audio-cnn", "61.4", "3.1", "1,234,567", ""]];
  const shownIn = (columns: number) =>
    fitTable({ header, rows, optional: ["parameters", "minutes"] }, columns).header;
  expect(shownIn(80)).toEqual(["run", "UAR", "minutes", "parameters"]);
  expect(shownIn(30)).toEqual(["run", "UAR", "minutes"]);
  expect(shownIn(10)).toEqual(["run", "UAR"]);
});
