import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadAudio } from "../../../src/audio/load.node.ts";
import { encodeWav } from "../../../src/audio/wav.ts";

/** Typical of acted corpora, as is the sample rate. */
export const featureClipSec = 3.5;
const sampleRate = 48_000;
const count = 160;

/** Cuts the start of a long recording into WAV files in `folder`; returns their paths. */
export async function cutClips(folder: string, speech: string): Promise<string[]> {
  const { samples } = await loadAudio(speech, { sampleRate });
  const length = featureClipSec * sampleRate;
  const paths: string[] = [];
  for (let clip = 0; clip < count; clip++) {
    const path = join(folder, `clip-${clip}.wav`);
    const cut = samples.subarray(clip * length, (clip + 1) * length);
    await writeFile(path, encodeWav(cut, sampleRate));
    paths.push(path);
  }
  return paths;
}
