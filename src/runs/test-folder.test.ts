import { expect, test } from "vitest";
import { testFolderName } from "./test-folder.ts";

test.each([
  ["audio-cnn", "crema-d", "audio-cnn-on-crema-d"],
  ["stimmen größer 2.1", "calls", "stimmen-größer-2.1-on-calls"],
  ["../../etc/x", "..\\a\u0000b", "..-..-etc-x-on-..-a-b"],
])("a model %j on %j is written to %s, in one folder", (model, corpus, name) => {
  expect(testFolderName(model, corpus)).toBe(name);
});
