import { existsSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { loadAudio } from "../src/audio/load.node.ts";
import { resample } from "../src/audio/resample.ts";
import { encodeWav } from "../src/audio/wav.ts";
import { synthesiseCorpus } from "../src/datasets/synthetic.ts";
import { readRecipe } from "../src/experiments/read-recipe.ts";
import { architectureOf, inputTensors } from "../src/models/architectures.ts";
import { exportBundle } from "../src/models/bundle.ts";
import { initialWeights, Network } from "../src/models/network.ts";
import { defaultModelPath } from "../src/recognition/load-recognizer.node.ts";
import { emotions } from "../src/shared/emotions.ts";
import { Random } from "../src/shared/random.ts";

/** What is analysed, and with what. */
export interface AnalysisMaterial {
  readonly recordings: readonly { readonly format: string; readonly path: string }[];
  readonly model: { readonly name: string; readonly path: string };
}

export const recordingSec = 600;
const sampleRate = 16_000;
const commonRate = 44_100;

/** Ten minutes of synthetic speech in `folder`, almost without pauses: the costliest to analyse. */
export async function prepareAnalysis(folder: string): Promise<AnalysisMaterial> {
  const speech = await synthesiseSpeech(join(folder, "corpus"));
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
    model: await chooseModel(folder),
  };
}

async function synthesiseSpeech(corpus: string): Promise<Float32Array> {
  await synthesiseCorpus(corpus, { speakers: 2, clipsPerEmotion: 24, seed: 1 });
  const files = await readdir(corpus, { recursive: true });
  const speech = new Float32Array(recordingSec * sampleRate);
  let filled = 0;
  for (const file of files.filter((name) => name.endsWith(".wav")).toSorted()) {
    const { samples } = await loadAudio(join(corpus, file), { sampleRate });
    speech.set(samples.subarray(0, speech.length - filled), filled);
    filled += Math.min(samples.length, speech.length - filled);
  }
  if (filled < speech.length) throw new RangeError(`synthesiseSpeech: only ${filled} samples`);
  return speech;
}

/** The model that comes with the package or, where it is not built yet, the shipped recipe's with fresh weights. */
async function chooseModel(folder: string): Promise<AnalysisMaterial["model"]> {
  if (existsSync(defaultModelPath)) return { name: "models/default.onnx", path: defaultModelPath };
  const recipes = `${import.meta.dirname}/../recipes`;
  const name = existsSync(`${recipes}/audio-cnn.json`) ? "audio-cnn.json" : "demo.json";
  const { features: frontEnd, model } = await readRecipe(`${recipes}/${name}`);
  const rows = frontEnd.nMfcc ?? frontEnd.nMels;
  const data = { rows, frames: frontEnd.frames, classes: emotions.length };
  const architecture = architectureOf(model, data);
  const network = new Network("inference");
  architecture.build(network, inputTensors(architecture, 1));
  const weights = initialWeights(network, new Random("bench"));
  const card = { name, labels: emotions, temperature: 1, provenance: {} };
  const path = join(folder, "model.onnx");
  await writeFile(path, exportBundle({ architecture, frontEnd, weights, card }));
  return { name: `recipes/${name} with fresh weights`, path };
}
