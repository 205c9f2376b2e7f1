import { expect, test } from "vitest";
import { whiteNoise } from "../../test/sounds.ts";
import { RealFft } from "./fft.ts";
import { FrameTransforms } from "./frame-transforms.ts";
import { hannWindow } from "./windows.ts";

const samples = whiteNoise(0.1, 16_000);

/** Weighted power spectrum and autocorrelation of the frame from a sample on, in float64. */
function expected(length: number, window: Float32Array, start: number) {
  const fft = new RealFft(length);
  const frame = new Float64Array(length);
  for (const [n, weight] of window.entries()) frame[n] = weight * (samples[start + n] ?? 0);
  const [re, im] = [new Float64Array(fft.bins), new Float64Array(fft.bins)];
  fft.forward(frame, re, im);
  const power = re.map((value, bin) => (bin < 2 ? 0 : (value ** 2 + im[bin]! ** 2) / (1 + bin)));
  const lags = new Float64Array(length);
  fft.inverse(power, new Float64Array(fft.bins), lags);
  return { power, lags };
}

test.each([8, 16, 256, 1024])(
  "spectra and autocorrelations of length %i are those of RealFft",
  (length) => {
    const window = hannWindow(length / 2 + 1);
    const weights = Float32Array.from({ length: length / 2 + 1 }, (_, bin) => 1 / (1 + bin));
    const transforms = new FrameTransforms({ length, window, weights, lowBin: 2 });
    const starts = [-3, 100, 600, samples.length - 5];
    transforms.transform(samples, starts);
    const spectra = transforms.spectra.slice();
    const sums = transforms.sums.slice();
    transforms.correlate();
    for (const [n, start] of starts.entries()) {
      const { power, lags } = expected(length, window, start);
      const total = power.reduce((sum, value) => sum + value, 0);
      expect(sums[4 + n]! / 4 / total).toBeCloseTo(1, 5);
      for (const [bin, value] of power.entries()) {
        expect(spectra[4 * bin + n]! / 4 / total).toBeCloseTo(value / total, 6);
      }
      const found = new Float32Array(length);
      transforms.readLags(n, found);
      for (const [lag, value] of lags.entries()) {
        expect(found[lag]! / 4 / length / lags[0]!).toBeCloseTo(value / lags[0]!, 5);
      }
    }
  },
);

test("what comes of a frame does not depend on the others, to the bit", () => {
  const length = 64;
  const window = hannWindow(40);
  const weights = new Float32Array(33).fill(1);
  const transforms = new FrameTransforms({ length, window, weights, lowBin: 1 });
  const spectrumOf = (starts: readonly number[], n: number): number[] => {
    transforms.transform(samples, starts);
    return Array.from({ length: 33 }, (_, bin) => transforms.spectra[4 * bin + n]!);
  };
  expect(spectrumOf([1, 2, 3, 50], 3)).toEqual(spectrumOf([50], 0));
});
