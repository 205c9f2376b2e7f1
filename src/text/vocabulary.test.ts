import { expect, test } from "vitest";
import { Vocabulary } from "./vocabulary.ts";

const texts = ["Oh no, oh NO!", "no way", "a b", "a b c"];

test("learns the frequent words, most frequent first, equal ones by name", () => {
  const vocabulary = Vocabulary.learn(texts, { minFrequency: 2, largestSize: 100 });
  expect(vocabulary.words).toEqual(["no", "a", "b", "oh"]);
  expect(vocabulary.size).toBe(6);
  expect(Vocabulary.learn(texts, { minFrequency: 2, largestSize: 2 }).words).toEqual(["no", "a"]);
  expect(Vocabulary.learn([], { minFrequency: 1, largestSize: 2 }).size).toBe(2);
});

test("ids: padding 0 at the end, unknown 1, cut at the length", () => {
  const vocabulary = new Vocabulary(["no", "oh"]);
  expect(vocabulary.ids("Oh no never", 5)).toEqual(Float32Array.of(3, 2, 1, 0, 0));
  expect(vocabulary.ids("Oh no never", 2)).toEqual(Float32Array.of(3, 2));
  expect(vocabulary.ids("", 2)).toEqual(Float32Array.of(0, 0));
  expect(vocabulary.ids("toString __proto__ constructor", 3)).toEqual(Float32Array.of(1, 1, 1));
});

test("goes through JSON as a plain list of words", () => {
  const vocabulary = new Vocabulary(["n't", "😂", "café"]);
  const json = JSON.stringify(vocabulary);
  expect(json).toBe('["n\'t","😂","café"]');
  expect(Vocabulary.parse(JSON.parse(json), "x").words).toEqual(vocabulary.words);
});

test.each([[undefined], [{}], ["no"], [[1]], [[""]], [["a", "a"]]])("refuses %j", (content) => {
  expect(() => Vocabulary.parse(content, "model.onnx")).toThrow(
    expect.objectContaining({
      code: "model-invalid",
      message: expect.stringMatching(/^model\.onnx: the list of words is damaged/),
    }),
  );
});

test("a word twice is the caller's bug", () => {
  expect(() => new Vocabulary(["a", "b", "a"])).toThrow(RangeError);
});
