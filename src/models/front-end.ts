import { melFilterbank } from "../audio/mel.ts";
import { hannWindow } from "../audio/windows.ts";
import {
  add,
  clampBelow,
  divide,
  log,
  multiply,
  sqrt,
  subtract,
} from "../graph/operators/arithmetic.ts";
import { stridedConvolution } from "../graph/operators/convolution.ts";
import { pad, reshape, slice } from "../graph/operators/layout.ts";
import { matMul } from "../graph/operators/matrix.ts";
import { reduceMean } from "../graph/operators/reduce.ts";
import { constant, formatShape, scalar, type Tensor } from "../graph/tensor.ts";

/** How a waveform becomes a log-mel spectrogram. Lengths in samples, frequencies in Hz. */
export interface LogMelOptions {
  readonly sampleRate: number;
  readonly nFft: number;
  readonly winLength: number;
  readonly hopLength: number;
  readonly nMels: number;
  readonly fMin: number;
  readonly fMax: number;
  readonly scale: "slaney" | "htk";
  /** Frames kept; the waveform is `frames · hopLength` samples long. */
  readonly frames: number;
}

/** Real and imaginary parts of the windowed discrete Fourier transform as filters: [2 · bins, 1, winLength]. */
function fourierFilters(options: LogMelOptions): Tensor {
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
export function logMelSpectrogram(waveform: Tensor, options: LogMelOptions): Tensor {
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

/** Shifts and scales each clip to mean 0 and deviation 1: [batch, nMels, frames]. */
export function standardiseClip(spectrogram: Tensor): Tensor {
  const axes = [1, 2];
  const centred = subtract(spectrogram, reduceMean(spectrogram, { axes, keepAxes: true }));
  const variance = reduceMean(multiply(centred, centred), { axes, keepAxes: true });
  return divide(centred, sqrt(add(variance, scalar(1e-5))));
}
