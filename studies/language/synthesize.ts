import { execFileSync } from "node:child_process";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { decodeAudio } from "../../src/audio/decode.ts";
import { encodeWav } from "../../src/audio/wav.ts";
import { Random } from "../../src/shared/random.ts";
import { shuffled, type StudyClip } from "./clips.ts";
import sentences from "./sentences.json" with { type: "json" };

/** Languages that are tested; a fit without them tells what an unseen language is taken for. */
export const testedLanguages: readonly string[] = ["de", "pl", "es", "ur", "tr"];

/** Voice variants of espeak-ng; the tested ones speak no training clip. */
const variants = {
  train: ["m1", "m2", "m4", "m6", "m7", "f1", "f3", "f4", "klatt2", "klatt4", "Andy", "Annie"],
  test: ["m3", "m5", "m8", "f2", "f5", "Alex", "linda", "michel"],
} as const;

/** What each language's first sentences train; the others are tested. */
const trainingSentences = 12;
const sentencesOfOthers = 8;
const [englishTrain, englishTest] = [300, 60];
const englishVoices = ["en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-029", "en-us-nyc"];

interface Utterance {
  readonly text: string;
  readonly language: string;
  readonly voice: string;
  readonly split: StudyClip["split"];
}

/** Returns 8 of 12 sentences of each training language, and all of the tested ones, in voices of their split. */
function foreignUtterances(): Utterance[] {
  return Object.entries(sentences).flatMap(([language, texts]) => {
    const isTested = testedLanguages.includes(language);
    const own = { language, voice: language };
    const train = texts
      .slice(0, trainingSentences)
      .map((text) => ({ ...own, text, split: "train" as const }));
    if (!isTested) return shuffled(train, ({ text }) => text).slice(0, sentencesOfOthers);
    const test = texts
      .slice(trainingSentences)
      .map((text) => ({ ...own, text, split: "test" as const }));
    return [...train, ...test, ...test, ...test];
  });
}

/** Returns comments of GoEmotions in English voices. */
async function englishUtterances(data: string): Promise<Utterance[]> {
  const file = join(data, "text", "goemotions", "original", "train.tsv");
  const comments = (await readFile(file, "utf8")).split("\n").map((line) => line.split("\t")[0]!);
  const plain = comments.filter((text) => /^[A-Z][a-z ,'’]{20,80}[.?!]$/.test(text));
  const chosen = shuffled(plain, (text) => text).slice(0, englishTrain + englishTest);
  return chosen.map((text, n) => ({
    text: text.replaceAll("’", "'"),
    language: "en",
    voice: englishVoices[n % englishVoices.length]!,
    split: n < englishTrain ? "train" : "test",
  }));
}

/** Returns synthetic speech of many voices in 34 languages, some of it noisy or of a telephone's rate, as WAV files below `out`. */
export async function synthesizedClips(data: string, out: string): Promise<StudyClip[]> {
  await mkdir(out, { recursive: true });
  const clips: StudyClip[] = [];
  const utterances = [...foreignUtterances(), ...(await englishUtterances(data))];
  for (const [index, { text, language, voice, split }] of utterances.entries()) {
    const random = new Random(1, "espeak", index);
    const variant = random.pick(variants[split]);
    const path = join(out, `${language}-${index}.wav`);
    const options = ["-p", String(30 + random.integer(40)), "-s", String(130 + random.integer(60))];
    const wav = execFileSync("espeak-ng", [
      "-v",
      `${voice}+${variant}`,
      ...options,
      "--stdout",
      "--",
      text,
    ]);
    const { sampleRate, channels } = await decodeAudio(wav);
    await writeFile(path, encodeWav(noisy(channels[0]!, random), sampleRate));
    clips.push({ path, language, group: "espeak-ng", speaker: variant, split });
  }
  return clips;
}

/** Returns half of the clips as they are, the others with white noise 10 to 40 dB below. */
function noisy(samples: Float32Array, random: Random): Float32Array {
  if (random.uniform(0, 1) < 0.5) return samples;
  const energy = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  const level = Math.sqrt(3 * energy) * 10 ** (-random.uniform(10, 40) / 20);
  return samples.map((sample) => sample + level * random.uniform(-1, 1));
}
