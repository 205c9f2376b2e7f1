import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadAudio } from "../../../src/audio/load.node.ts";
import { resample } from "../../../src/audio/resample.ts";
import { encodeWav } from "../../../src/audio/wav.ts";
import { synthesizeCorpus } from "../../../src/datasets/synthetic.ts";
import { findAudioFiles } from "../../../src/recognition/find-audio.node.ts";
import { shippedModel } from "../../../src/recognition/voice-model.node.ts";

/** Recordings to analyze, and the model to analyze them with. */
export interface AnalysisInputs {
  readonly recordings: readonly { readonly format: string; readonly path: string }[];
  readonly model: { readonly name: string; readonly path: string };
  /** The same speech as the first recording, in files of a quarter of a minute. */
  readonly folder: string;
  /** Ten minutes of speech with words, and their first seconds, where a folder of recordings was given. */
  readonly speech?: { readonly recording: string; readonly clip: string } | undefined;
}

export const recordingSec = 600;
const sampleRate = 16_000;
const commonRate = 44_100;
const fileSec = 15;
export const clipSec = 3;

/** Synthesizes ten minutes of speech into `folder`, almost without pauses: the costliest to analyze. */
export async function prepareAnalysis(
  folder: string,
  recordings: string | undefined,
): Promise<AnalysisInputs> {
  const speech = await synthesizeSpeech(join(folder, "corpus"));
  const plain = join(folder, "plain.wav");
  await writeFile(plain, encodeWav(speech, sampleRate));
  const folderOfFiles = join(folder, "files");
  await mkdir(folderOfFiles);
  for (let from = 0; from < speech.length; from += fileSec * sampleRate) {
    const path = join(folderOfFiles, `${from / sampleRate}.wav`);
    await writeFile(
      path,
      encodeWav(speech.subarray(from, from + fileSec * sampleRate), sampleRate),
    );
  }
  const common = join(folder, "common.wav");
  const channel = await resample(speech, sampleRate, commonRate);
  await writeFile(common, encodeWav([channel, channel], commonRate));
  return {
    recordings: [
      { format: "WAV, 16 kHz mono", path: plain },
      { format: "WAV, 44.1 kHz stereo", path: common },
    ],
    folder: folderOfFiles,
    model: { name: "models/default.onnx", path: shippedModel("default") },
    ...(recordings !== undefined && { speech: await joinRecordings(recordings, folder) }),
  };
}

/** Joins the recordings of a folder, again and again, to ten minutes, half a second apart; returns the paths of the file and of its start. */
async function joinRecordings(
  recordings: string,
  folder: string,
): Promise<NonNullable<AnalysisInputs["speech"]>> {
  const speech = new Float32Array(recordingSec * sampleRate);
  const { files } = await findAudioFiles([recordings]);
  for (let filled = 0; filled < speech.length;) {
    const before = filled;
    for (const { file } of files) {
      const { samples } = await loadAudio(file, { sampleRate });
      speech.set(samples.subarray(0, Math.max(0, speech.length - filled)), filled);
      filled = Math.min(speech.length, filled + samples.length + sampleRate / 2);
    }
    if (filled === before) throw new RangeError(`bench: no recording in ${recordings}`);
  }
  const recording = join(folder, "speech.wav");
  await writeFile(recording, encodeWav(speech, sampleRate));
  const clip = join(folder, "clip.wav");
  await writeFile(clip, encodeWav(speech.subarray(0, clipSec * sampleRate), sampleRate));
  return { recording, clip };
}

async function synthesizeSpeech(corpus: string): Promise<Float32Array> {
  await synthesizeCorpus(corpus, { speakers: 2, clipsPerEmotion: 24, seed: 1 });
  const files = await readdir(corpus, { recursive: true });
  const speech = new Float32Array(recordingSec * sampleRate);
  let filled = 0;
  for (const file of files.filter((name) => name.endsWith(".wav")).toSorted()) {
    const { samples } = await loadAudio(join(corpus, file), { sampleRate });
    speech.set(samples.subarray(0, speech.length - filled), filled);
    filled += Math.min(samples.length, speech.length - filled);
  }
  if (filled < speech.length) throw new RangeError(`synthesizeSpeech: only ${filled} samples`);
  return speech;
}
