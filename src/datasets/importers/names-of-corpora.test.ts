import { expect, test } from "vitest";
import { corporaByNames } from "./names-of-corpora.ts";

const ravdess = ["clips/03-01-05-01-01-01-01.wav", "03-01-04-01-01-01-02_16k.flac"];

test.each([
  [ravdess, ["ravdess"]],
  [[...ravdess, "a.wav"], ["ravdess"]],
  [[...ravdess, "a.wav", "b.wav"], []],
  [["x/1001_DFA_ANG_XX.wav"], ["crema-d"]],
  [["03a01Fa.wav"], ["emodb"]],
  [[], []],
])("%j are files of %j", (paths, corpora) => {
  expect(corporaByNames(paths)).toEqual(corpora);
});
