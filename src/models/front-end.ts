import { melFilterbank, type MelScale } from "../audio/mel.ts";
import { mfccMatrix } from "../audio/mfcc.ts";
import { add, clampBelow, divide, log, multiply, subtract } from "../graph/operators/arithmetic.ts";
import { reshape } from "../graph/operators/layout.ts";
import { matMul } from "../graph/operators/matrix.ts";
import { reduceMax } from "../graph/operators/reduce.ts";
import { constant, formatShape, scalar, type Tensor } from "../graph/tensor.ts";
import { powerSpectrum } from "./power-spectrum.ts";

/** How a waveform becomes the spectrogram that a network sees. Lengths in samples, frequencies in Hz. */
export interface FrontEnd {
  readonly sampleRate: number;
  readonly nFft: number;
  readonly winLength: number;
  readonly hopLength: number;
  readonly nMels: number;
  readonly fMin: number;
  readonly fMax: number;
  readonly scale: MelScale;
  /** Frames of the spectrogram; the waveform is `frames · hopLength` samples long. */
  readonly frames: number;
  /** Decibels below the clip's loudest point at which the spectrogram is black. */
  readonly rangeDb: number;
  /** With a number, that many cepstral coefficients in place of the mel bands. */
  readonly nMfcc?: number | undefined;
}

/** What counts as no power at all. */
const floorPower = 1e-10;

/**
 * Natural logarithm of the mel power spectrogram, floored at 1e-10: [batch, samples] →
 * [batch, nMels, frames]. Frames are centered, the waveform padded with zeros.
 * @see librosa.feature.melspectrogram (power 2, center, pad_mode "constant")
 */
export function logMelSpectrogram(waveform: Tensor, options: FrontEnd): Tensor {
  const { hopLength, frames } = options;
  const samples = waveform.shape[1];
  if (samples !== frames * hopLength) {
    throw new RangeError(
      `logMelSpectrogram: ${frames} frames every ${hopLength} samples need [batch, ${frames * hopLength}], got ${formatShape(waveform.shape)}`,
    );
  }
  const { power, bins } = powerSpectrum(waveform, options);
  return log(clampBelow(matMul(melFilters(bins, options), power), floorPower));
}

/** The mel filters with their columns in the order of `bins`, which may name a bin twice: [nMels, bins]. */
function melFilters(bins: readonly number[], options: FrontEnd): Tensor {
  const { nFft, nMels } = options;
  const filters = melFilterbank(options);
  const times = new Uint8Array(nFft / 2 + 1);
  for (const bin of bins) times[bin]!++;
  const columns = Float32Array.from({ length: nMels * bins.length }, (_, index) => {
    const bin = bins[index % bins.length]!;
    return filters[Math.floor(index / bins.length) * times.length + bin]! / times[bin]!;
  });
  return constant(columns, [nMels, bins.length]);
}

/**
 * The spectrogram of a waveform: its log-mel spectrogram from 0 at `rangeDb` below the clip's loudest
 * point to 1 at that point, so that neither level nor padding shifts it, and 0 throughout for silence; or cepstral coefficients
 * of that. [batch, samples] → [batch, 1, rows, frames].
 */
export function spectrogramImage(waveform: Tensor, frontEnd: FrontEnd): Tensor {
  const logMel = logMelSpectrogram(waveform, frontEnd);
  const loudest = reduceMax(logMel, { axes: [1, 2], keepAxes: true });
  const range = scalar((frontEnd.rangeDb * Math.LN10) / 10);
  const reference = add(loudest, multiply(range, silenceOf(loudest)));
  const relative = divide(add(subtract(logMel, reference), range), range);
  const spectrogram = clampBelow(relative, 0);
  const rows = frontEnd.nMfcc ?? frontEnd.nMels;
  const transformed =
    frontEnd.nMfcc === undefined
      ? spectrogram
      : matMul(constant(mfccMatrix(rows, frontEnd.nMels), [rows, frontEnd.nMels]), spectrogram);
  return reshape(transformed, [waveform.shape[0]!, 1, rows, frontEnd.frames]);
}

/** Exactly 0 for what has any sound, at least 1 where the loudest point is the floor. */
function silenceOf(loudest: Tensor): Tensor {
  const aboveFloor = subtract(loudest, scalar(Math.log(floorPower)));
  return clampBelow(subtract(scalar(2), multiply(aboveFloor, scalar(1000))), 0);
}
