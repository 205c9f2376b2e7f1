import { expect, test } from "vitest";
import { Random } from "../shared/random.ts";
import { RealFft } from "./fft.ts";

const noise = (length: number): Float64Array => {
  const random = new Random(1, length);
  return Float64Array.from({ length }, () => random.normal());
};

test.each([4, 8, 64, 256])("a transform of %i points is the sum that defines it", (length) => {
  const fft = new RealFft(length);
  const signal = noise(length);
  const re = new Float64Array(fft.bins);
  const im = new Float64Array(fft.bins);
  fft.forward(signal, re, im);
  for (let k = 0; k < fft.bins; k++) {
    const angle = (n: number): number => (-2 * Math.PI * k * n) / length;
    expect(re[k]).toBeCloseTo(
      signal.reduce((sum, x, n) => sum + x * Math.cos(angle(n)), 0),
      10,
    );
    expect(im[k]).toBeCloseTo(
      signal.reduce((sum, x, n) => sum + x * Math.sin(angle(n)), 0),
      10,
    );
  }
});

test.each([4, 512, 4096])("inverse undoes forward for %i points", (length) => {
  const fft = new RealFft(length);
  const signal = noise(length);
  const re = new Float64Array(fft.bins);
  const im = new Float64Array(fft.bins);
  fft.forward(signal, re, im);
  const back = new Float64Array(length);
  fft.inverse(re, im, back);
  for (let n = 0; n < length; n++) expect(back[n]).toBeCloseTo(signal[n]!, 10);
});

test.each([0, 2, 6, 500, Number.NaN, Infinity])("refuses %s points", (length) => {
  expect(() => new RealFft(length)).toThrow(RangeError);
});
