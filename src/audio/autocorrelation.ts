import { FrameTransforms, framesAtOnce } from "./frame-transforms.ts";
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

/** Lengths and bins by which the autocorrelation of a frame is computed. */
interface CorrelationGrid {
  /** Of the Fourier transform. */
  readonly length: number;
  /** Bins of the band's ends. */
  readonly lowBin: number;
  readonly highBin: number;
  /** Autocorrelation of the window at each lag that is computed [ceil(maxLagSec * sampleRate) + 2]. */
  readonly decay: Float64Array;
}

/** Returns the lengths and bins that frames of these options have. */
export function correlationGrid({
  sampleRate,
  windowLength,
  lowHz,
  highHz,
  maxLagSec,
}: FrameAutocorrelationOptions): CorrelationGrid {
  const maxLag = Math.ceil(maxLagSec * sampleRate);
  // Padding keeps the lags of interest free of the wrap-around of a circular correlation.
  const length = 2 ** Math.ceil(Math.log2(windowLength + maxLag));
  const hzPerBin = sampleRate / length;
  return {
    length,
    lowBin: Math.ceil(lowHz / hzPerBin),
    highBin: Math.min(length / 2, Math.floor(highHz / hzPerBin)),
    decay: Float64Array.from({ length: maxLag + 2 }, (_, lag) =>
      hannAutocorrelation(lag / windowLength),
    ),
  };
}

/** Autocorrelation of the Hann window at a lag of `share` of its length (Boersma, equation 8). */
function hannAutocorrelation(share: number): number {
  const angle = 2 * Math.PI * share;
  return (1 - share) * (2 / 3 + Math.cos(angle) / 3) + Math.sin(angle) / (2 * Math.PI);
}

/**
 * Autocorrelation of windowed frames, computed from their power spectrum and divided by that of the window, so that a
 * periodic signal has 1 at any period. The properties are those of the frame that is visited.
 * @see Boersma (1993), "Accurate short-term analysis of the fundamental frequency and the harmonics-to-noise ratio"
 */
export class FrameAutocorrelation {
  /** Mean square from `lowHz` to half the sample rate. */
  meanSquare = 0;
  /** Emphasized power spectrum [highBin + 1], 0 below `lowBin`, in any unit. */
  readonly power: Float32Array;
  /** Its sum. */
  totalPower = 0;
  readonly hzPerBin: number;
  readonly lowBin: number;
  readonly highBin: number;

  readonly #transforms: FrameTransforms;
  readonly #meanSquareOfSum: number;
  readonly #decay: Float64Array;
  readonly #sampleRate: number;
  readonly #correlation: Float32Array;

  constructor(options: FrameAutocorrelationOptions) {
    const { sampleRate, windowLength, emphasis = () => 1 } = options;
    const { length, lowBin, highBin, decay } = correlationGrid(options);
    const hzPerBin = sampleRate / length;
    const weights = Float32Array.from({ length: length / 2 + 1 }, (_, bin) =>
      bin <= highBin ? emphasis(bin * hzPerBin) : 0,
    );
    const window = hannWindow(windowLength);
    this.#transforms = new FrameTransforms({ length, window, weights, lowBin });
    this.#meanSquareOfSum = 1 / (2 * length * window.reduce((sum, w) => sum + w * w, 0));
    this.#decay = decay;
    this.#sampleRate = sampleRate;
    this.hzPerBin = hzPerBin;
    this.lowBin = lowBin;
    this.highBin = highBin;
    this.power = new Float32Array(highBin + 1);
    this.#correlation = new Float32Array(decay.length);
  }

  /** Visits the frames from samples `starts` on in their order, with zeros outside of the recording. */
  each(
    samples: Float32Array,
    starts: readonly number[],
    visit: (frame: this, index: number) => void,
  ): void {
    const transforms = this.#transforms;
    const { spectra, sums } = transforms;
    const { power } = this;
    for (let first = 0; first < starts.length; first += framesAtOnce) {
      const some = starts.slice(first, first + framesAtOnce);
      transforms.transform(samples, some);
      transforms.correlate();
      for (const n of some.keys()) {
        for (let bin = 0; bin < power.length; bin++) power[bin] = spectra[framesAtOnce * bin + n]!;
        transforms.readLags(n, this.#correlation);
        this.meanSquare = sums[n]! * this.#meanSquareOfSum;
        this.totalPower = sums[framesAtOnce + n]!;
        visit(this, first + n);
      }
    }
  }

  /** Returns the peaks of the visited frame's autocorrelation between two lags in seconds, in ascending order. */
  periods(minLagSec: number, maxLagSec: number): Period[] {
    const correlation = this.#correlation;
    const periods: Period[] = [];
    const first = Math.max(1, Math.floor(minLagSec * this.#sampleRate));
    const last = Math.min(this.#decay.length - 2, Math.ceil(maxLagSec * this.#sampleRate));
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
        lagSec: (lag + shift) / this.#sampleRate,
        // The division by the window can overshoot 1; Praat reflects it too.
        strength: strength > 1 ? 1 / strength : strength,
      });
    }
    return periods;
  }
}
