import { rmsEnergy, zeroCrossingRate } from "../audio/energy.ts";
import { pitch } from "../audio/pitch.ts";
import {
  spectralBandwidth,
  spectralCentroid,
  spectralFlatness,
  spectralRolloff,
} from "../audio/spectral.ts";
import { magnitudeSpectrogram } from "../audio/stft.ts";
import type { FrontEnd } from "./front-end.ts";

/** How many features `lowLevelDescriptors` gives a frame. */
export const descriptorCount = 8;

/** A voice in the middle of those of women and men, from which octaves are counted. */
export const middleHz = 160;

/**
 * Hand-made features of each frame of a waveform [frames · hopLength], scaled to about -1 to 1:
 * [descriptorCount, frames], row-major. Rows: octaves of the fundamental frequency around 160 Hz (0 where
 * there is no voice), voicing, level below the loudest frame, zero crossings, and centroid,
 * bandwidth, roll-off and flatness of the spectrum.
 */
export function lowLevelDescriptors(
  waveform: Float32Array,
  options: Pick<FrontEnd, "sampleRate" | "nFft" | "hopLength" | "frames" | "rangeDb">,
): Float32Array {
  const { sampleRate, nFft, hopLength, frames, rangeDb } = options;
  const { f0, voicing } = pitch(waveform, sampleRate, { hopLength });
  const framing = { frameLength: nFft, hopLength };
  const rms = rmsEnergy(waveform, framing);
  const loudest = Math.max(1e-10, ...rms);
  const spectrogram = magnitudeSpectrogram(waveform, sampleRate, { nFft, hopLength });
  const nyquist = sampleRate / 2;
  const rows: readonly (readonly [Float32Array, (value: number) => number])[] = [
    [f0, (hz) => (hz > 0 ? Math.log2(hz / middleHz) : 0)],
    [voicing, (share) => 2 * share - 1],
    [
      rms,
      (level) => Math.max(-1, 1 + (40 * Math.log10(Math.max(level / loudest, 1e-10))) / rangeDb),
    ],
    [zeroCrossingRate(waveform, framing), (rate) => 8 * rate - 1],
    [spectralCentroid(spectrogram), (hz) => (4 * hz) / nyquist - 1],
    [spectralBandwidth(spectrogram), (hz) => (4 * hz) / nyquist - 1],
    [spectralRolloff(spectrogram), (hz) => (2 * hz) / nyquist - 1],
    [spectralFlatness(spectrogram), (flatness) => 2 * flatness - 1],
  ];
  const descriptors = new Float32Array(descriptorCount * frames);
  for (const [row, [values, scaled]] of rows.entries()) {
    descriptors.set(values.subarray(0, frames).map(scaled), row * frames);
  }
  return descriptors;
}
