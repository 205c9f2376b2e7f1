import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeWav } from "../audio/wav.ts";
import { emotions } from "../shared/emotions.ts";
import { throwIfCancelled } from "../shared/errors.ts";
import type { ProgressListener } from "../shared/logger.ts";
import { Random } from "../shared/random.ts";
import { createFolder } from "./new-folder.ts";
import { articulate } from "./synthesis/articulation.ts";
import { sentences } from "./synthesis/sentences.ts";
import { synthesize } from "./synthesis/source-filter.ts";
import { drawProsody, drawVoice, type Voice } from "./synthesis/voices.ts";

export interface SyntheticCorpusOptions {
  /** 1 to 99; odd ones are male, as in RAVDESS. */
  readonly speakers: number;
  /** Clips of each emotion by each speaker, 1 to 198. */
  readonly clipsPerEmotion: number;
  readonly seed: number;
  readonly onProgress?: ProgressListener | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** RAVDESS's names have two digits for the speaker and for the repetition. */
export const syntheticLimits = { speakers: 99, clipsPerEmotion: 198 } as const;

const sampleRate = 16_000;
const frameLength = 64; // samples, 4 ms
const fullScale = 0.95;
const neutralLevelDb = -26; // root mean square against full scale

/**
 * Writes a corpus of speech-like clips, mono WAV of 16 kHz and 16 bits, about 2 s each, in folders
 * `Actor_01`, …, named as RAVDESS names its own with modality 00. Same options, same bytes.
 * @throws UndertoneError `usage` when `root` is not empty, `disk-full`, `file-unreadable`, `cancelled`
 */
export async function synthesizeCorpus(
  root: string,
  options: SyntheticCorpusOptions,
): Promise<void> {
  const { speakers, clipsPerEmotion, seed, onProgress, signal } = options;
  assertWithin("speakers", speakers);
  assertWithin("clipsPerEmotion", clipsPerEmotion);
  const total = speakers * emotions.length * clipsPerEmotion;
  let done = 0;
  await createFolder(root, async (folder) => {
    for (let speaker = 1; speaker <= speakers; speaker++) {
      const actor = two(speaker);
      const actorFolder = join(folder, `Actor_${actor}`);
      await mkdir(actorFolder);
      const sex = speaker % 2 === 1 ? "male" : "female";
      const voice = drawVoice(sex, new Random(seed, "synthetic voice", speaker));
      for (const label of emotions.keys()) {
        for (let take = 0; take < clipsPerEmotion; take++) {
          throwIfCancelled(signal);
          const clip = { label, ...takeOf(label, take) };
          const random = new Random(seed, "synthetic clip", speaker, label, take);
          const samples = synthesizeClip(voice, clip, random);
          const name = `00-01-${two(label + 1)}-${clip.strong ? "02" : "01"}-${two(clip.statement)}-${two(clip.repetition)}-${actor}.wav`;
          await writeFile(join(actorFolder, name), encodeWav(samples, sampleRate));
          onProgress?.({ label: "Synthesizing", done: ++done, total, unit: "clips" });
        }
      }
    }
  });
}

const two = (value: number): string => String(value).padStart(2, "0");

function assertWithin(name: keyof typeof syntheticLimits, value: number): void {
  const most = syntheticLimits[name];
  if (Number.isInteger(value) && value >= 1 && value <= most) return;
  throw new RangeError(
    `synthesizeCorpus: ${name} must be a whole number from 1 to ${most}, got ${value}`,
  );
}

interface Take {
  readonly statement: number;
  readonly strong: boolean;
  readonly repetition: number;
}

/** Takes alternate the two statements, then the two intensities; neutral has but one. */
function takeOf(label: number, take: number): Take {
  const intensities = emotions[label] === "neutral" ? 1 : 2;
  return {
    statement: (take % 2) + 1,
    strong: Math.floor(take / 2) % intensities === 1,
    repetition: Math.floor(take / (2 * intensities)) + 1,
  };
}

/** One clip, [samples] in ±1: silence, the sentence at its level, silence, over a faint noise. */
function synthesizeClip(
  voice: Voice,
  { label, statement, strong }: Take & { readonly label: number },
  random: Random,
): Float32Array {
  const prosody = drawProsody(voice, { emotion: emotions[label]!, strong }, random);
  const frameSec = frameLength / sampleRate;
  const frames = articulate(sentences[statement - 1]!, { voice, prosody, frameSec }, random);
  const speech = synthesize(frames, { voice, prosody, frameLength, sampleRate }, random);
  const lead = Math.round(sampleRate * random.uniform(0.1, 0.35));
  const tail = Math.round(sampleRate * random.uniform(0.1, 0.35));
  const samples = new Float32Array(lead + speech.length + tail);
  let energy = 0;
  let peak = 0;
  for (const sample of speech) {
    energy += sample * sample;
    peak = Math.max(peak, Math.abs(sample));
  }
  const wanted = 10 ** ((neutralLevelDb + prosody.level) / 20);
  const gain = Math.min(fullScale / peak, wanted / Math.sqrt(energy / speech.length));
  const noise = 10 ** (random.uniform(-66, -54) / 20);
  for (let n = 0; n < samples.length; n++) {
    samples[n] = noise * random.normal() + gain * (speech[n - lead] ?? 0);
  }
  return samples;
}
