import { melFilterbank, type MelScale } from "../audio/mel.ts";
import { mfccMatrix } from "../audio/mfcc.ts";
import { hannWindow } from "../audio/windows.ts";
import { add, clampBelow, divide, log, multiply, subtract } from "../graph/operators/arithmetic.ts";
import { stridedConvolution } from "../graph/operators/convolution.ts";
import { pad, reshape, slice } from "../graph/operators/layout.ts";
import { matMul } from "../graph/operators/matrix.ts";
import { reduceMax } from "../graph/operators/reduce.ts";
import { constant, formatShape, scalar, type Tensor } from "../graph/tensor.ts";

/** How a waveform becomes the picture that a network sees. Lengths in samples, frequencies in Hz. */
export interface FrontEnd {
  readonly sampleRate: number;
  readonly nFft: number;
  readonly winLength: number;
  readonly hopLength: number;
  readonly nMels: number;
  readonly fMin: number;
  readonly fMax: number;
  readonly scale: MelScale;
  /** Frames of the picture; the waveform is `frames · hopLength` samples long. */
  readonly frames: number;
  /** Decibels below the clip's loudest point at which the picture is black. */
  readonly rangeDb: number;
  /** With a number, that many cepstral coefficients in place of the mel bands. */
  readonly nMfcc?: number | undefined;
}

/** Real and imaginary parts of the windowed discrete Fourier transform as filters: [2 · bins, 1, winLength]. */
function fourierFilters(options: FrontEnd): Tensor {
  const { nFft, winLength } = options;
  const bins = nFft / 2 + 1;
  const window = hannWindow(winLength);
  const filters = new Float32Array(2 * bins * winLength);
  for (let bin = 0; bin < bins; bin++) {
    for (let n = 0; n < winLength; n++) {
      // The product is reduced first, so that large angles lose no precision.
      const angle = (2 * Math.PI * ((bin * n) % nFft)) / nFft;
      filters[bin * winLength + n] = window[n]! * Math.cos(angle);
      filters[(bins + bin) * winLength + n] = window[n]! * Math.sin(angle);
    }
  }
  return constant(filters, [2 * bins, 1, winLength]);
}

/**
 * Natural logarithm of the mel power spectrogram, floored at 1e-10: [batch, samples] →
 * [batch, nMels, frames]. Frames are centred, the waveform padded with zeros.
 * Framing, window and Fourier transform are one convolution; power is free of the phase that the
 * window's place in the frame would change.
 * @see librosa.feature.melspectrogram (power 2, center, pad_mode "constant")
 */
export function logMelSpectrogram(waveform: Tensor, options: FrontEnd): Tensor {
  const { nFft, winLength, hopLength, nMels, frames } = options;
  const [batch, samples] = waveform.shape;
  if (samples !== frames * hopLength || batch === undefined) {
    throw new RangeError(
      `logMelSpectrogram: ${frames} frames every ${hopLength} samples need [batch, ${frames * hopLength}], got ${formatShape(waveform.shape)}`,
    );
  }
  const bins = nFft / 2 + 1;
  const margin = winLength / 2;
  const padded = pad(waveform, { axis: 1, before: margin, after: margin });
  const signal = reshape(padded, [batch, 1, samples + 2 * margin]);
  const spectrum = stridedConvolution(signal, fourierFilters(options), hopLength);
  const kept = slice(spectrum, { axis: 2, start: 0, end: frames });
  const real = slice(kept, { axis: 1, start: 0, end: bins });
  const imaginary = slice(kept, { axis: 1, start: bins, end: 2 * bins });
  const power = add(multiply(real, real), multiply(imaginary, imaginary));
  const mel = matMul(constant(melFilterbank(options), [nMels, bins]), power);
  return log(clampBelow(mel, 1e-10));
}

/**
 * The picture of a waveform: its log-mel spectrogram from 0 at `rangeDb` below the clip's loudest
 * point to 1 at that point, so that neither level nor padding shifts it; or cepstral coefficients
 * of that. [batch, samples] → [batch, 1, rows, frames].
 */
export function spectrogramImage(waveform: Tensor, frontEnd: FrontEnd): Tensor {
  const logMel = logMelSpectrogram(waveform, frontEnd);
  const loudest = reduceMax(logMel, { axes: [1, 2], keepAxes: true });
  const range = scalar((frontEnd.rangeDb * Math.LN10) / 10);
  const relative = divide(add(subtract(logMel, loudest), range), range);
  const picture = clampBelow(relative, 0);
  const rows = frontEnd.nMfcc ?? frontEnd.nMels;
  const transformed =
    frontEnd.nMfcc === undefined
      ? picture
      : matMul(constant(mfccMatrix(rows, frontEnd.nMels), [rows, frontEnd.nMels]), picture);
  return reshape(transformed, [waveform.shape[0]!, 1, rows, frontEnd.frames]);
}
