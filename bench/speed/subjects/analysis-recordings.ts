import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadAudio } from "../../../src/audio/load.node.ts";
import { resample } from "../../../src/audio/resample.ts";
import { encodeWav } from "../../../src/audio/wav.ts";
import { synthesizeCorpus } from "../../../src/datasets/synthetic.ts";
import { shippedModel } from "../../../src/recognition/voice-model.node.ts";

/** Recordings to analyze, and the model to analyze them with. */
export interface AnalysisInputs {
  readonly recordings: readonly { readonly format: string; readonly path: string }[];
  readonly model: { readonly name: string; readonly path: string };
}

export const recordingSec = 600;
const sampleRate = 16_000;
const commonRate = 44_100;

/** Synthesizes ten minutes of speech into `folder`, almost without pauses: the costliest to analyze. */
export async function prepareAnalysis(folder: string): Promise<AnalysisInputs> {
  const speech = await synthesizeSpeech(join(folder, "corpus"));
  const plain = join(folder, "plain.wav");
  await writeFile(plain, encodeWav(speech, sampleRate));
  const common = join(folder, "common.wav");
  const channel = await resample(speech, sampleRate, commonRate);
  await writeFile(common, encodeWav([channel, channel], commonRate));
  return {
    recordings: [
      { format: "WAV, 16 kHz mono", path: plain },
      { format: "WAV, 44.1 kHz stereo", path: common },
    ],
    model: { name: "models/default.onnx", path: shippedModel("default") },
  };
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
