/**
 * How a voice sounds in numbers: pitch, loudness and brightness of a recording's speech.
 *
 *   npx tsx examples/voice-features.ts interview.wav
 *
 * Outside this repository, import from "undertone/audio".
 */
import { readFile } from "node:fs/promises";
import {
  decodeAudio,
  findSpeech,
  pitch,
  magnitudeSpectrogram,
  rmsEnergy,
  spectralCentroid,
  toMono,
} from "undertone/audio";

const [path] = process.argv.slice(2);
if (path === undefined) {
  console.error("Usage: voice-features.ts SOUND");
  process.exit(2);
}

const median = (values: Iterable<number>): number => {
  const sorted = [...values].toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

const { channels, sampleRate } = await decodeAudio(await readFile(path));
const samples = toMono(channels);
for (const { startSec, endSec } of findSpeech(samples, sampleRate)) {
  const speech = samples.subarray(startSec * sampleRate, endSec * sampleRate);
  const { f0 } = pitch(speech, sampleRate);
  const pitchHz = median(f0.filter((hz) => hz > 0));
  const levelDb = 20 * Math.log10(median(rmsEnergy(speech)));
  const brightnessHz = median(spectralCentroid(magnitudeSpectrogram(speech, sampleRate)));
  console.log(
    `${startSec.toFixed(2)} to ${endSec.toFixed(2)} s: pitch ${pitchHz.toFixed(0)} Hz, ` +
      `level ${levelDb.toFixed(0)} dB, brightness ${brightnessHz.toFixed(0)} Hz`,
  );
}
