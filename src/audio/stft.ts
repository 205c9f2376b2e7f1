import { RealFft } from "./fft.ts";
import { hannWindow } from "./windows.ts";

export interface StftOptions {
  /** Length of the Fourier transform in samples, a power of two. */
  readonly nFft?: number;
  /** Length of the window, centered in the transform; `nFft` by default. */
  readonly winLength?: number;
  /** Samples from one frame to the next, a quarter of `winLength` by default. */
  readonly hopLength?: number;
}

export interface Spectrogram {
  /** Row-major [frames, bins]. */
  readonly magnitudes: Float32Array;
  readonly frames: number;
  /** `nFft / 2 + 1` */
  readonly bins: number;
  readonly hzPerBin: number;
}

/**
 * Returns the magnitudes of the short-time Fourier transform under a Hann window. There are `1 + floor(length / hopLength)`
 * frames, frame t centered on sample `t · hopLength`, with zeros around the recording.
 * @throws RangeError for an `nFft` that is no power of two, `winLength` above it or a `hopLength` below 1
 * @see librosa.stft (center=True, pad_mode="constant"), with its defaults
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { decodeAudio, magnitudeSpectrogram, toMono } from "undertone/audio";
 *
 * const { channels, sampleRate } = await decodeAudio(await readFile("speech.wav"));
 * const { magnitudes, frames, bins } = magnitudeSpectrogram(toMono(channels), sampleRate, {
 *   nFft: 1024,
 * });
 * ```
 */
export function magnitudeSpectrogram(
  samples: Float32Array,
  sampleRate: number,
  options: StftOptions = {},
): Spectrogram {
  const { nFft = 2048 } = options;
  const { winLength = nFft } = options;
  const { hopLength = Math.floor(winLength / 4) } = options;
  if (winLength > nFft) {
    throw new RangeError(
      `magnitudeSpectrogram: winLength must not exceed nFft ${nFft}, got ${winLength}`,
    );
  }
  if (!Number.isInteger(hopLength) || hopLength < 1) {
    throw new RangeError(
      `magnitudeSpectrogram: hopLength must be a positive whole number, got ${hopLength}`,
    );
  }
  const fft = new RealFft(nFft);
  const window = hannWindow(winLength);
  const offset = Math.floor((nFft - winLength) / 2);
  const frames = 1 + Math.floor(samples.length / hopLength);
  const magnitudes = new Float32Array(frames * fft.bins);
  const frame = new Float64Array(nFft);
  const re = new Float64Array(fft.bins);
  const im = new Float64Array(fft.bins);
  for (let t = 0; t < frames; t++) {
    const start = t * hopLength - nFft / 2 + offset;
    for (let n = 0; n < winLength; n++) {
      frame[offset + n] = window[n]! * (samples[start + n] ?? 0);
    }
    fft.forward(frame, re, im);
    for (let bin = 0; bin < fft.bins; bin++) {
      magnitudes[t * fft.bins + bin] = Math.sqrt(re[bin]! ** 2 + im[bin]! ** 2);
    }
  }
  return { magnitudes, frames, bins: fft.bins, hzPerBin: sampleRate / nFft };
}
