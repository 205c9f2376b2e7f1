import { RealFft } from "./fft.ts";
import { hannWindow } from "./windows.ts";

export interface FrameAutocorrelationOptions {
  /** Hz */
  readonly sampleRate: number;
  /** Length of the Hann window in samples. */
  readonly windowLength: number;
  /** Band of the spectrum in Hz that is analyzed. */
  readonly lowHz: number;
  readonly highHz: number;
  readonly maxLagSec: number;
  /** Weight of a frequency in Hz on the power spectrum, 1 by default. */
  readonly emphasis?: (hz: number) => number;
}

/** A peak of the autocorrelation at `lagSec`; its strength is 1 for a periodic frame. */
export interface Period {
  readonly lagSec: number;
  readonly strength: number;
}

/** Autocorrelation of the Hann window at a lag of `share` of its length (Boersma, equation 8). */
function hannAutocorrelation(share: number): number {
  const angle = 2 * Math.PI * share;
  return (1 - share) * (2 / 3 + Math.cos(angle) / 3) + Math.sin(angle) / (2 * Math.PI);
}

/**
 * Autocorrelation of windowed frames, computed from their power spectrum and divided by that of the window, so that a
 * periodic signal has 1 at any period. The properties are those of the last frame.
 * @see Boersma (1993), "Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio"
 */
export class FrameAutocorrelation {
  /** Mean square of the last frame from `lowHz` to half the sample rate. */
  meanSquare = 0;
  /** Emphasized power spectrum of the last frame from bin 0 on; 0 outside `lowHz` … `highHz`. */
  readonly power: Float64Array;
  readonly hzPerBin: number;
  readonly lowBin: number;
  readonly highBin: number;

  readonly #fft: RealFft;
  readonly #inverse: RealFft;
  readonly #window: Float32Array;
  readonly #windowEnergy: number;
  readonly #weights: Float64Array;
  readonly #decay: Float64Array;
  readonly #lagsPerSec: number;
  readonly #frame: Float64Array;
  readonly #re: Float64Array;
  readonly #im: Float64Array;
  readonly #zeros: Float64Array;
  readonly #correlation: Float64Array;

  constructor(options: FrameAutocorrelationOptions) {
    const { sampleRate, windowLength, lowHz, highHz, maxLagSec, emphasis = () => 1 } = options;
    const maxLag = Math.ceil(maxLagSec * sampleRate);
    // Padding keeps the lags of interest free of the wrap-around of a circular correlation.
    this.#fft = new RealFft(2 ** Math.ceil(Math.log2(windowLength + maxLag)));
    this.hzPerBin = sampleRate / this.#fft.length;
    this.lowBin = Math.ceil(lowHz / this.hzPerBin);
    this.highBin = Math.min(this.#fft.length / 2, Math.floor(highHz / this.hzPerBin));
    // Twice the bins of the band: lags fine enough for a parabola through three of them.
    this.#inverse = new RealFft(
      Math.min(this.#fft.length, 2 ** Math.ceil(Math.log2(4 * this.highBin))),
    );
    this.#lagsPerSec = this.#inverse.length * this.hzPerBin;
    this.#window = hannWindow(windowLength);
    this.#windowEnergy = this.#window.reduce((sum, w) => sum + w * w, 0);
    this.#weights = Float64Array.from({ length: this.#fft.bins }, (_, bin) =>
      emphasis(bin * this.hzPerBin),
    );
    const decayLength = Math.ceil(maxLagSec * this.#lagsPerSec) + 2;
    this.#decay = Float64Array.from({ length: decayLength }, (_, lag) =>
      hannAutocorrelation((lag / this.#lagsPerSec) * (sampleRate / windowLength)),
    );
    this.#frame = new Float64Array(this.#fft.length);
    this.#re = new Float64Array(this.#fft.bins);
    this.#im = new Float64Array(this.#fft.bins);
    this.power = new Float64Array(this.#inverse.bins);
    this.#zeros = new Float64Array(this.#inverse.bins);
    this.#correlation = new Float64Array(this.#inverse.length);
  }

  /** Analyzes the frame from sample `start`, with zeros outside of the recording. */
  analyze(samples: Float32Array, start: number): void {
    const window = this.#window;
    const frame = this.#frame;
    const first = Math.max(0, -start);
    const end = Math.max(first, Math.min(window.length, samples.length - start));
    frame.fill(0, 0, first);
    for (let n = first; n < end; n++) frame[n] = window[n]! * samples[start + n]!;
    frame.fill(0, end, window.length);
    const re = this.#re;
    const im = this.#im;
    this.#fft.forward(frame, re, im);
    const { lowBin, highBin, power } = this;
    const weights = this.#weights;
    let energy = 0;
    for (let bin = lowBin; bin < re.length; bin++) {
      const binEnergy = re[bin]! * re[bin]! + im[bin]! * im[bin]!;
      energy += binEnergy;
      if (bin <= highBin) power[bin] = binEnergy * weights[bin]!;
    }
    this.meanSquare = (2 * energy) / this.#fft.length / this.#windowEnergy;
    this.#inverse.inverse(power, this.#zeros, this.#correlation);
  }

  /** Returns the peaks of the last frame's autocorrelation between two lags in seconds, in ascending order. */
  periods(minLagSec: number, maxLagSec: number): Period[] {
    const correlation = this.#correlation;
    const periods: Period[] = [];
    const first = Math.max(1, Math.floor(minLagSec * this.#lagsPerSec));
    const last = Math.min(this.#decay.length - 2, Math.ceil(maxLagSec * this.#lagsPerSec));
    for (let lag = first; lag <= last; lag++) {
      if (!(correlation[lag]! > correlation[lag - 1]! && correlation[lag]! > 0)) continue;
      if (correlation[lag]! < correlation[lag + 1]!) continue;
      const before = correlation[lag - 1]! / this.#decay[lag - 1]!;
      const here = correlation[lag]! / this.#decay[lag]!;
      const after = correlation[lag + 1]! / this.#decay[lag + 1]!;
      const curvature = before - 2 * here + after;
      const shift = curvature < 0 ? (before - after) / (2 * curvature) : 0; // top of the parabola
      const strength = (here - ((before - after) * shift) / 4) / correlation[0]!;
      periods.push({
        lagSec: (lag + shift) / this.#lagsPerSec,
        // The division by the window can overshoot 1; Praat reflects it too.
        strength: strength > 1 ? 1 / strength : strength,
      });
    }
    return periods;
  }
}
