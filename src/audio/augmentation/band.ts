import { RealFft } from "../fft.ts";

export interface BandOptions {
  /** Sample rates in Hz; one must be 1, 2, 4, … times the other. */
  readonly fromHz: number;
  readonly toHz: number;
  /** Frequencies in Hz from which on, and up to which, the band is whole. */
  readonly lowHz?: number;
  readonly highHz: number;
}

/** Beyond the ends of the band the gain falls to 0 as a raised cosine of this width. */
const lowEdgeHz = 100;
const highEdgeShare = 0.1;

/** Of one block, at the higher rate; an eighth on either side is left for what rings over its ends. */
const blockLength = 8192;

/**
 * Returns samples of a band of frequencies at another sample rate [ceil(length · toHz / fromHz)], without delay: blocks are
 * filtered and resampled by one Fourier transform there and one back, and added up where they ring into each other.
 */
export function limitBand(samples: Float32Array, options: BandOptions): Float32Array {
  const { fromHz, toHz } = options;
  const ratio = toHz / fromHz;
  const from = new RealFft(blockLength * Math.min(1, 1 / ratio));
  const to = new RealFft(from.length * ratio);
  const gains = gainsOf(Math.min(from.bins, to.bins), fromHz / from.length, options);
  const bins = Math.max(from.bins, to.bins);
  const [re, im] = [new Float64Array(bins), new Float64Array(bins)];
  const block = new Float64Array(from.length);
  const filtered = new Float64Array(to.length);
  const limited = new Float32Array(Math.ceil(samples.length * ratio));
  const margin = from.length / 8;
  const step = from.length - 2 * margin;
  for (let start = 0; start < samples.length; start += step) {
    block.fill(0).set(samples.subarray(start, start + step), margin);
    from.forward(block, re, im);
    for (let k = 0; k < bins; k++) {
      const gain = ratio * (gains[k] ?? 0);
      re[k]! *= gain;
      im[k]! *= gain;
    }
    to.inverse(re, im, filtered);
    const first = (start - margin) * ratio;
    for (let n = Math.max(0, -first); n < filtered.length && first + n < limited.length; n++) {
      limited[first + n]! += filtered[n]!;
    }
  }
  return limited;
}

function gainsOf(bins: number, hzPerBin: number, { lowHz, highHz }: BandOptions): Float64Array {
  return Float64Array.from({ length: bins }, (_, k) => {
    const hz = k * hzPerBin;
    const low = lowHz === undefined ? 1 : raisedCosine((lowHz - hz) / lowEdgeHz);
    return low * raisedCosine((hz - highHz) / (highEdgeShare * highHz));
  });
}

/** Returns a gain that falls from 1 at 0 to 0 at 1. */
function raisedCosine(x: number): number {
  return 0.5 + 0.5 * Math.cos(Math.PI * Math.max(0, Math.min(1, x)));
}
