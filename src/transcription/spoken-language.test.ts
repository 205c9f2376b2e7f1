import { expect, test } from "vitest";
import { mainLanguage, undetermined, untoldWarnings } from "./spoken-language.ts";
import type { Utterance } from "./transcript.ts";

const spoken = (startSec: number, endSec: number, language?: string): Utterance => ({
  startSec,
  endSec,
  text: language === undetermined ? "" : "words",
  confidence: 1,
  ...(language !== undefined && { language }),
});

test("the main language is that of most time, not of most utterances", () => {
  const short = [spoken(0, 1, "en"), spoken(2, 3, "en")];
  expect(mainLanguage([...short, spoken(4, 9, "de")])).toBe("de");
  expect(mainLanguage([...short, spoken(4, 5, "de")])).toBe("en");
  expect(mainLanguage([spoken(0, 5), spoken(6, 7, "en")])).toBeNull();
  expect(mainLanguage([])).toBeNull();
});

test("the warning has the share of the speech that was not told, at least 1 %", () => {
  expect(untoldWarnings([spoken(0, 3, "en"), spoken(3, 4, undetermined)])).toEqual([
    expect.stringMatching(/^25 % /),
  ]);
  expect(untoldWarnings([spoken(0, 1e4, "en"), spoken(1e4, 1e4 + 1, undetermined)])).toEqual([
    expect.stringMatching(/^1 % /),
  ]);
  expect(untoldWarnings([spoken(0, 3, "en"), spoken(3, 4, "de"), spoken(4, 5)])).toEqual([]);
});
