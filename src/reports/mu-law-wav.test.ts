import { expect, test } from "vitest";
import { decodeAudio } from "../audio/decode.ts";
import { encodeMuLawWav } from "./mu-law-wav.ts";

test("codes are G.711's: full scale, silence and the steps beside it", () => {
  const samples = Float32Array.of(1, -1, 0, 8 / 32_768, -8 / 32_768);
  expect([...encodeMuLawWav(samples, 8000).subarray(44)]).toEqual([0x80, 0x00, 0xff, 0xfe, 0x7e]);
});

test("a decoder gives the samples back within half a step of their segment", async () => {
  const samples = Float32Array.from({ length: 999 }, (_, n) => 0.9 * Math.sin(n / 7) ** 5);
  const { channels, sampleRate, warnings } = await decodeAudio(encodeMuLawWav(samples, 16_000));
  expect([sampleRate, warnings]).toEqual([16_000, []]);
  for (const [index, sample] of samples.entries()) {
    const error = Math.abs(channels[0]![index]! - sample);
    expect(error).toBeLessThanOrEqual(Math.abs(sample) / 32 + 5 / 32_768);
  }
});
