import { expect, test } from "vitest";
import { isAudioName } from "./extensions.ts";

test("names of sound, and of video for its sound, in any case", () => {
  for (const name of ["a.wave", "a.M4B", "a.weba", "a.mka", "call 1.MOV", "x/y.opus"]) {
    expect(isAudioName(name)).toBe(true);
  }
  for (const name of ["a.txt", "wav", "a.wav.json", "a.csv"]) expect(isAudioName(name)).toBe(false);
});
