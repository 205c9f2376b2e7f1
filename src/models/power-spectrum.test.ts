import { expect, test } from "vitest";
import { fed, valuesOf } from "../../test/finite-differences.ts";
import { hannWindow } from "../audio/windows.ts";
import { Random } from "../shared/random.ts";
import { powerSpectrum } from "./power-spectrum.ts";

const frames = 5;

// Transforms cut into 8, 4, 1 and 2 parts; the fourth over rows of odd length, the last with samples that no frame sees.
test.each([
  { nFft: 64, winLength: 64, hopLength: 16 },
  { nFft: 64, winLength: 50, hopLength: 20 },
  { nFft: 64, winLength: 40, hopLength: 15 },
  { nFft: 50, winLength: 50, hopLength: 20 },
  { nFft: 64, winLength: 32, hopLength: 20 },
])("transform $nFft, window $winLength, hop $hopLength: the sums of its definition", async (o) => {
  const random = new Random("power spectrum");
  const samples = Float32Array.from({ length: frames * o.hopLength }, () => random.normal());
  const waveform = fed("waveform", [1, samples.length], samples);
  const { power, bins } = powerSpectrum(waveform.tensor, { ...o, frames });
  expect(new Set(bins).size).toBe(o.nFft / 2 + 1);
  const actual = await valuesOf(power, [waveform]);
  const window = hannWindow(o.winLength);
  for (const [place, bin] of bins.entries()) {
    for (let frame = 0; frame < frames; frame++) {
      let [real, imaginary] = [0, 0];
      for (let n = 0; n < o.winLength; n++) {
        const sample = samples[frame * o.hopLength - o.winLength / 2 + n] ?? 0;
        const angle = (2 * Math.PI * bin * n) / o.nFft;
        real += window[n]! * sample * Math.cos(angle);
        imaginary += window[n]! * sample * Math.sin(angle);
      }
      expect(actual[place * frames + frame]).toBeCloseTo(real ** 2 + imaginary ** 2, 3);
    }
  }
});
