import * as fc from "fast-check";
import { expect, test } from "vitest";
import { largestError, reference } from "../../test/reference/features.ts";
import { hzToMel, melFilterbank, melToHz } from "./mel.ts";

const common = { sampleRate: 16_000, nFft: 512, nMels: 40, fMin: 0, fMax: 8000 } as const;

test("the Slaney scale is linear up to 1 kHz, and 27 mel are a factor of 6.4 above", () => {
  expect(hzToMel(60, "slaney")).toBeCloseTo(0.9, 12);
  expect(hzToMel(1000, "slaney")).toBeCloseTo(15, 12);
  expect(hzToMel(6400, "slaney")).toBeCloseTo(42, 12);
});

test("the HTK scale has its thousand at 1 kHz", () => {
  expect(hzToMel(1000, "htk")).toBeCloseTo(999.9855, 4);
  expect(hzToMel(700, "htk")).toBeCloseTo(2595 * Math.log10(2), 10);
});

test("melToHz inverts hzToMel", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 24_000, noNaN: true }),
      fc.constantFrom("slaney" as const, "htk" as const),
      (hz, scale) => {
        expect(melToHz(hzToMel(hz, scale), scale)).toBeCloseTo(hz, 6);
      },
    ),
  );
});

test("Slaney's norm gives every filter the area 1", () => {
  const fine = { ...common, nFft: 32_768 };
  const bins = fine.nFft / 2 + 1;
  for (const scale of ["slaney", "htk"] as const) {
    const weights = melFilterbank({ ...fine, scale });
    for (let mel = 0; mel < fine.nMels; mel++) {
      const row = weights.subarray(mel * bins, (mel + 1) * bins);
      const area = row.reduce((sum, x) => sum + x, 0) * (fine.sampleRate / fine.nFft);
      expect(area).toBeCloseTo(1, 3);
    }
  }
});

test("without a norm, neighboring triangles add up to 1 between the first and the last center", () => {
  const weights = melFilterbank({ ...common, scale: "htk", norm: "none" });
  const bins = common.nFft / 2 + 1;
  const melStep = hzToMel(8000, "htk") / (common.nMels + 1);
  const first = melToHz(melStep, "htk");
  const last = melToHz(common.nMels * melStep, "htk");
  for (let bin = 0; bin < bins; bin++) {
    const hz = (bin * common.sampleRate) / common.nFft;
    if (hz < first || hz > last) continue;
    let sum = 0;
    for (let mel = 0; mel < common.nMels; mel++) sum += weights[mel * bins + bin]!;
    expect(sum).toBeCloseTo(1, 5);
  }
});

test.each([
  [{ nMels: 0 }, /nMels/],
  [{ nFft: 512.5 }, /nFft/],
  [{ sampleRate: Number.NaN }, /sampleRate/],
  [{ fMax: 8001 }, /fMax/],
  [{ fMin: 300, fMax: 300 }, /fMin/],
])("refuses %o", (wrong, message) => {
  expect(() => melFilterbank({ ...common, scale: "slaney", ...wrong })).toThrow(message);
});

test.each(reference.filterbankColumnSums)(
  "sums over filters are numpy's: $nMels mels, $scale, norm $norm",
  (expected) => {
    const weights = melFilterbank({ sampleRate: 16_000, ...expected });
    const bins = expected.nFft / 2 + 1;
    const sums = expected.sums.map((_, bin) => {
      let sum = 0;
      for (let mel = 0; mel < expected.nMels; mel++) sum += weights[mel * bins + bin]!;
      return sum;
    });
    expect(largestError(sums, expected.sums)).toBeLessThan(2e-5);
  },
);
