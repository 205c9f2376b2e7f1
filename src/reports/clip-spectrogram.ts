import { loadAudio } from "../audio/load.node.ts";
import { melFilterbank } from "../audio/mel.ts";
import { magnitudeSpectrogram } from "../audio/stft.ts";
import type { LogMel } from "../evaluation/charts/spectrogram.ts";
import { UndertoneError } from "../shared/errors.ts";

const sampleRate = 16_000;
const nFft = 1024;
const defaultHopLength = 160;
const nMels = 80;

/**
 * The log-mel spectrogram of a file in dB, for looking at: 80 bands up to 8 kHz, 100 frames a second.
 * `undefined` where the file cannot be read, or is not known.
 */
export async function readLogMel(path: string | undefined): Promise<LogMel | undefined> {
  if (path === undefined) return undefined;
  let samples: Float32Array;
  try {
    ({ samples } = await loadAudio(path, { sampleRate }));
  } catch (error) {
    if (error instanceof UndertoneError) return undefined;
    throw error;
  }
  return logMelOf(samples);
}

/** Returns the same of samples at 16 kHz, with `hopLength` samples from one frame to the next. */
export function logMelOf(samples: Float32Array, hopLength = defaultHopLength): LogMel {
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
