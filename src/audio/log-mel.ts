import { melFilterbank, type MelScale } from "./mel.ts";
import { magnitudeSpectrogram } from "./stft.ts";

export interface LogMelOptions {
  /** Hz */
  readonly sampleRate: number;
  /** Length of the Fourier transform in samples, a power of two; 1024 by default. */
  readonly nFft?: number;
  /** Length of the Hann window in samples; `nFft` by default. */
  readonly winLength?: number;
  /** Samples from one frame to the next; a quarter of `winLength` by default. */
  readonly hopLength?: number;
  /** Mel bands; 128 by default. */
  readonly nMels?: number;
  /** Lower edge of the first band in Hz; 0 by default. */
  readonly fMin?: number;
  /** Upper edge of the last band in Hz; half the sample rate by default. */
  readonly fMax?: number;
  /** `slaney` by default. */
  readonly scale?: MelScale;
}

const floorPower = 1e-10;

/**
 * Returns the natural logarithm of the mel power spectrogram [nMels, frames], row-major, floored at ln 1e-10, of mono
 * `samples` in [-1, 1]: the features of the audio models, before they are scaled to the clip's maximum. There are
 * `1 + floor(length / hopLength)` frames, frame t centered on sample `t · hopLength`, with zeros around the recording.
 * @throws RangeError as `magnitudeSpectrogram` and `melFilterbank`
 * @see librosa.feature.melspectrogram (power=2, center=True, pad_mode="constant")
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { decodeAudio, logMelSpectrogram, toMono } from "undertone/audio";
 *
 * const { channels, sampleRate } = await decodeAudio(await readFile("speech.wav"));
 * const logMel = logMelSpectrogram(toMono(channels), { sampleRate, nMels: 128 });
 * const frames = logMel.length / 128;
 * ```
 */
export function logMelSpectrogram(samples: Float32Array, options: LogMelOptions): Float32Array {
  const { sampleRate, nFft = 1024, winLength, hopLength, nMels = 128 } = options;
  const { fMin = 0, fMax = sampleRate / 2, scale = "slaney" } = options;
  const filters = melFilterbank({ sampleRate, nFft, nMels, fMin, fMax, scale }); // [nMels, bins]
  const { magnitudes, frames, bins } = magnitudeSpectrogram(samples, sampleRate, {
    nFft,
    ...(winLength !== undefined && { winLength }),
    ...(hopLength !== undefined && { hopLength }),
  });
  const logMel = new Float32Array(nMels * frames);
  for (let mel = 0; mel < nMels; mel++) {
    const filter = filters.subarray(mel * bins, (mel + 1) * bins);
    const first = filter.findIndex((weight) => weight > 0);
    const last = filter.findLastIndex((weight) => weight > 0);
    for (let t = 0; t < frames; t++) {
      let power = 0;
      for (let bin = Math.max(0, first); bin <= last; bin++) {
        power += filter[bin]! * magnitudes[t * bins + bin]! ** 2;
      }
      logMel[mel * frames + t] = Math.log(Math.max(floorPower, power));
    }
  }
  return logMel;
}
