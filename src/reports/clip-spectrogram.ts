import { melFilterbank } from "../audio/mel.ts";
import { magnitudeSpectrogram } from "../audio/stft.ts";
import type { LogMel } from "../evaluation/charts/spectrogram.ts";

const sampleRate = 16_000;
const nFft = 1024;
const nMels = 80;

/**
 * Returns the log-mel spectrogram of samples at 16 kHz, for looking at: decibels, 80 bands up to 8 kHz, `hopLength`
 * samples from one frame to the next.
 */
export function logMelOf(samples: Float32Array, hopLength = 160): LogMel {
  const { magnitudes, frames, bins } = magnitudeSpectrogram(samples, sampleRate, {
    nFft,
    winLength: 400,
    hopLength,
  });
  const filters = melFilterbank({ sampleRate, nFft, nMels, fMin: 0, fMax: 8000, scale: "slaney" });
  const data = new Float32Array(nMels * frames);
  for (let band = 0; band < nMels; band++) {
    for (let frame = 0; frame < frames; frame++) {
      let energy = 0;
      for (let bin = 0; bin < bins; bin++) {
        energy += filters[band * bins + bin]! * magnitudes[frame * bins + bin]! ** 2;
      }
      data[band * frames + frame] = 10 * Math.log10(Math.max(energy, 1e-10));
    }
  }
  return { data, nMels, frames };
}
