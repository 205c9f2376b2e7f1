import { appendFile, readFile } from "node:fs/promises";
import { openFile } from "../../src/audio/load.node.ts";
import { readMono } from "../../src/audio/read-mono.ts";
import { modelFiles } from "../../src/downloads/model-files.ts";
import { cutModel } from "../../src/graph/cut.ts";
import { nodeRuntime } from "../../src/graph/runtime.node.ts";
import { Session } from "../../src/graph/session.ts";
import { detectorFeatures } from "../../src/transcription/english-detector.ts";
import { detokenize } from "../../src/transcription/llama-tokens.ts";
import { encoderOutputs, Moonshine, moonshineSizes } from "../../src/transcription/moonshine.ts";
import { isPlausible } from "../../src/transcription/plausibility.ts";
import { MoonshineDecoder } from "../../src/transcription/moonshine-decoder.ts";
import { Silero } from "../../src/transcription/silero.ts";
import { speechSampleRate } from "../../src/transcription/transcript.ts";
import { UtteranceFinder } from "../../src/transcription/utterances.ts";
import type { StudyClip } from "./clips.ts";

/** One utterance of a clip. */
export interface Measured extends StudyClip {
  readonly text: string;
  /** Of the detector. */
  readonly features: readonly number[];
  /** Whether the words count by all other rules. */
  readonly plausible: boolean;
}

interface MeasureOptions {
  readonly size: keyof typeof moonshineSizes;
  readonly layer: number;
  /** JSON Lines that hold what was measured before, and to which more is added. */
  readonly kept: string;
}

/** Transcribes clips as the program does, and returns what tells whether their utterances are English. */
export async function measureClips(
  clips: readonly StudyClip[],
  { size, layer, kept }: MeasureOptions,
): Promise<Measured[]> {
  const before = await readFile(kept, "utf8").catch(() => "");
  const rows: Measured[] = before.split("\n").flatMap((line) => (line ? [JSON.parse(line)] : []));
  const done = new Set(rows.map(({ path }) => path));
  const files = await modelFiles(`moonshine-${size}`);
  const voice = await modelFiles("silero-vad");
  const voiceActivity = await Silero.open(nodeRuntime, await readFile(voice.model));
  const width = 8 * moonshineSizes[size].headSize;
  let features: number[] = [];
  const model = new Moonshine({
    name: size,
    encoder: await Session.open(
      nodeRuntime,
      cutModel(await readFile(files.encoder), encoderOutputs([layer])),
    ),
    decoder: await MoonshineDecoder.open(nodeRuntime, await readFile(files.decoder), {
      size: moonshineSizes[size],
    }),
    detokenize,
    detector: {
      layer,
      isEnglish: (evidence) => {
        features = detectorFeatures(evidence, width).map((value) => Number(value.toPrecision(6)));
        return true;
      },
    },
  });
  for (const clip of clips) {
    if (done.has(clip.path)) continue;
    const own: Measured[] = [];
    for (const samples of await utterancesOf(clip.path, voiceActivity)) {
      const transcript = await model.transcribe(samples);
      const { text } = transcript;
      if (text === "") continue;
      const plausible = isPlausible(transcript, samples.length / speechSampleRate);
      own.push({ ...clip, text, features, plausible });
    }
    rows.push(...own);
    await appendFile(kept, own.map((row) => `${JSON.stringify(row)}\n`).join(""));
  }
  await model.close();
  await voiceActivity.close();
  const wanted = new Map(clips.map((clip) => [clip.path, clip]));
  return rows.filter(({ path }) => wanted.has(path));
}

async function utterancesOf(path: string, voiceActivity: Silero): Promise<Float32Array[]> {
  const finder = new UtteranceFinder({ voiceActivity });
  const source = await openFile(path);
  const found: Float32Array[] = [];
  for await (const block of readMono(source, { sampleRate: speechSampleRate })) {
    for await (const { samples } of finder.push(block)) found.push(samples);
  }
  for await (const { samples } of finder.finish()) found.push(samples);
  await source.close();
  return found;
}
