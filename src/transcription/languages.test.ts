import { expect, test } from "vitest";
import { checkLanguage, languageCode } from "./languages.ts";
import type { Transcriber } from "./transcript.ts";

test.each([
  ["english", "en"],
  ["German", "de"],
  ["en", "en"],
  ["en-US", "en"],
  ["zh_Hant", "zh"],
  ["klingon", "klingon"],
])("%s has the code %s", (name, code) => {
  expect(languageCode(name)).toBe(code);
});

const provider = (languages?: readonly string[]): Transcriber => ({
  name: "test",
  languages,
  transcribe: async () => ({ text: "", confidence: 0 }),
  close: async () => undefined,
});

test("a language that cannot be transcribed is refused", () => {
  expect(() => checkLanguage(provider(["en"]), "de")).toThrow(
    expect.objectContaining({ code: "usage" }),
  );
  expect(() => checkLanguage(provider(["en", "de"]), "de")).not.toThrow();
  expect(() => checkLanguage(provider(), "xx")).not.toThrow();
  expect(() => checkLanguage(provider(["en"]), undefined)).not.toThrow();
});
