import { posix, win32 } from "node:path";
import { expect, test } from "vitest";
import { isReservedName, portableName, wayBelow } from "./paths.ts";

test.each([
  ["/calls", "/calls/monday/a.wav", "monday/a.wav"],
  ["/calls", "/calls/..a.wav", "..a.wav"],
  ["/calls", "/calls", undefined],
  ["/calls", "/other/a.wav", undefined],
  ["/calls/monday", "/calls", undefined],
])("from %s to %s", (folder, file, way) => {
  expect(wayBelow(folder, file, posix)).toBe(way);
});

test.each([
  ["C:\\calls", "C:\\calls\\monday\\a.wav", "monday\\a.wav"],
  ["C:\\calls", "c:\\Calls\\a.wav", "a.wav"],
  ["C:\\calls", "D:\\calls\\a.wav", undefined],
  ["C:\\calls", "C:\\other\\a.wav", undefined],
  ["\\\\server\\calls", "\\\\server\\calls\\a.wav", "a.wav"],
])("on Windows from %s to %s", (folder, file, way) => {
  expect(wayBelow(folder, file, win32)).toBe(way);
});

test.each([
  ["a.wav", "a.wav"],
  ["con", "_con"],
  ["NUL.txt", "_NUL.txt"],
  ["com1.tar.gz", "_com1.tar.gz"],
  ["console.wav", "console.wav"],
  ["calls. .", "calls_"],
  ["10:30?.wav", "10_30_.wav"],
  ["bell\u0007.wav", "bell_.wav"],
])("%j is written as %j", (name, portable) => {
  expect(portableName(name)).toBe(portable);
});

test("device names are reserved with any extension", () => {
  expect(["aux", "Lpt9.wav", "prn "].map(isReservedName)).toEqual([true, true, true]);
  expect(["auxiliary", "lpt", "com10"].map(isReservedName)).toEqual([false, false, false]);
});
