import { basename } from "node:path";
import { rmsEnergy } from "../audio/energy.ts";
import { loadAudio } from "../audio/load.node.ts";
import { pitch } from "../audio/pitch.ts";
import { logMelOf } from "../reports/clip-spectrogram.ts";
import { UndertoneError } from "../shared/errors.ts";
import { cancellable } from "./cancel.ts";
import { assertWritableFile } from "./out-file.ts";
import { pictureFormat, writePicture } from "./picture-file.ts";
import type { SpectrogramOptions } from "./spectrogram.ts";
import { drawSpectrogram } from "./spectrogram-picture.ts";

const sampleRate = 16_000;
/** More would not be seen in the picture's width. */
const maxFrames = 3000;

/** Draws a part of a recording, as the options of `undertone spectrogram` say. */
export async function writeSpectrogram(file: string, options: SpectrogramOptions): Promise<void> {
  const { out, from: startSec = 0, to } = options;
  pictureFormat(out);
  await assertWritableFile(out);
  const recording = await cancellable((signal) => loadAudio(file, { sampleRate, signal }));
  const durationSec = recording.samples.length / sampleRate;
  const endSec = Math.min(to ?? durationSec, durationSec);
  if (endSec - startSec < 0.05) {
    const message = `There is nothing to draw from ${startSec} s to ${endSec.toFixed(2)} s of ${file}, which is ${durationSec.toFixed(2)} s long. Check --from and --to.`;
    throw new UndertoneError("usage", message);
  }
  const samples = recording.samples.subarray(startSec * sampleRate, endSec * sampleRate);
  const hopLength = Math.max(160, Math.ceil(samples.length / maxFrames));
  const svg = drawSpectrogram({
    title: basename(file),
    startSec,
    endSec,
    hopSec: hopLength / sampleRate,
    mel: logMelOf(samples, hopLength),
    pitchHz: pitch(samples, sampleRate, { hopLength }).f0,
    energyDb: rmsEnergy(samples, { frameLength: 400, hopLength }).map(
      (rms) => 20 * Math.log10(Math.max(rms, 1e-5)),
    ),
  });
  await writePicture(out, svg);
  console.log(`Wrote ${out}`);
}
