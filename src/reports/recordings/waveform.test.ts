import { expect, test } from "vitest";
import { Waveform } from "./waveform.ts";

test("the outline has the lowest and highest sample of each part, whatever the blocks", () => {
  const samples = Float32Array.of(0.1, -0.2, 0.5, 0.25, 0, -0.5, 0.05, 0);
  const expected = "M0 -20L1 -100L2 0L3 -10L3 0L2 100L1 0L0 40Z";
  for (const blocks of [[samples], [samples.subarray(0, 3), samples.subarray(3)]]) {
    const waveform = new Waveform(4, 8);
    for (const block of blocks) waveform.push(block);
    expect(waveform.path()).toBe(expected);
  }
});

test("silence is flat, and samples beyond the expected length stay in the last part", () => {
  const waveform = new Waveform(2, 2);
  waveform.push(new Float32Array(5));
  expect(waveform.path()).toBe("M0 0L1 0L1 0L0 0Z");
  waveform.push(Float32Array.of(1));
  expect(waveform.path()).toContain("L1 -100L");
});
